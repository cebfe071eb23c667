// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Registry;
using Peios.Security;

namespace Registryd.Store;

/// <summary>The root key record of a hive (RSI-066).</summary>
internal static class RootKey
{
    // LOREG-009: SYSTEM and Administrators everything, authenticated users read, all inherited by containers.
    private const string DefaultSecurity = "O:SYG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;AU)";

    /// <summary>The default descriptor of a hive root.</summary>
    public static byte[] DefaultDescriptor()
    {
        bool ok = Sddl.TryParse(DefaultSecurity, new SddlOptions(SddlObjectKind.RegistryKey), out byte[] descriptor, out SddlError error);
        return ok ? descriptor : throw new InvalidOperationException(error.ToString());
    }

    /// <summary>Creates the root record if the file has none.</summary>
    public static StoreError Ensure(SqliteDatabase db, string hiveName)
    {
        StoreError error = Read(db, out byte[]? root);
        if (!error.Ok || root is not null)
        {
            return error;
        }

        // Random version 4, from the kernel; the crypto classes would need OpenSSL.

        byte[] guid = Guid.NewGuid().ToByteArray();
        ReadOnlySpan<byte> sql = "INSERT INTO main.keys(guid, name, name_folded, parent_guid, sd, last_write_time) VALUES(?1, ?2, ?3, NULL, ?4, ?5)"u8;
        if (!db.TryPrepare(sql, out SqliteStatement? insert, out SqliteCode code))
        {
            return StoreError.Of(code, db, "cannot create the root key");
        }

        using (insert)
        {
            _ = insert.BindBlob(1, guid);
            _ = insert.BindText(2, Encoding.UTF8.GetBytes(hiveName));
            _ = insert.BindText(3, Encoding.UTF8.GetBytes(CaseFold.Fold(hiveName)));
            _ = insert.BindBlob(4, DefaultDescriptor());
            _ = insert.Bind(5, (long)Clock.Realtime);
            code = insert.Run();
            return code == SqliteCode.Ok ? StoreError.None : StoreError.Of(code, db, "cannot create the root key");
        }
    }

    /// <summary>Reads the root's GUID; null when there is none.</summary>
    public static StoreError Read(SqliteDatabase db, [MaybeNull] out byte[] guid)
    {
        guid = null;
        if (!db.TryPrepare("SELECT guid FROM main.keys WHERE parent_guid IS NULL"u8, out SqliteStatement? select, out SqliteCode code))
        {
            return StoreError.Of(code, db, "cannot read the root key");
        }

        using (select)
        {
            code = select.Step();
            if (code == SqliteCode.Done)
            {
                return StoreError.None;
            }

            if (code != SqliteCode.Row)
            {
                return StoreError.Of(code, db, "cannot read the root key");
            }

            guid = select.ColumnBlob(0).ToArray();
            if (guid.Length != 16 || guid.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                return new StoreError(SqliteCode.Corrupt, "the root key has no valid GUID");
            }

            return select.Step() == SqliteCode.Row
                ? new StoreError(SqliteCode.Corrupt, "there is more than one root key")
                : StoreError.None;
        }
    }
}
