// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Peios.Registry;
using Registryd.Serve;
using Registryd.Store;

namespace Registryd.Offline;

/// <summary>
/// Writes keys and values of an import through the same mutations that the kernel sends, inside one transaction: all of
/// the file arrives or nothing.
/// </summary>
internal sealed class ImportWriter : IDisposable
{
    private static readonly byte[] Base = "base"u8.ToArray();

    private readonly SqliteDatabase _db;
    private readonly HiveWriter _writer;
    private readonly SqliteStatement _findChild;
    private readonly SqliteStatement _readSecurity;
    private readonly ResponseBuilder _response = new();
    private ulong _sequence;

    private ImportWriter(SqliteDatabase db, HiveWriter writer, SqliteStatement findChild, SqliteStatement readSecurity, ulong maxSequence)
    {
        _db = db;
        _writer = writer;
        _findChild = findChild;
        _readSecurity = readSecurity;
        _sequence = maxSequence;
    }

    /// <summary>Opens a hive, creating it if it is missing, and begins.</summary>
    public static StoreError Open(HiveArgument hive, out ImportWriter? import, out byte[] root)
    {
        import = null;
        root = [];
        HiveFile file = new(hive);
        StoreError error = file.Prepare(out SqliteDatabase? db, out ulong maxSequence);
        if (!error.Ok)
        {
            return error;
        }

        error = RootKey.Read(db!, out byte[]? guid);
        if (!error.Ok || guid is null)
        {
            db!.Dispose();
            return error;
        }

        root = guid;
        error = HiveWriter.Open(db!, out HiveWriter? writer);
        if (!error.Ok)
        {
            return error;
        }

        ReadOnlySpan<byte> find = "SELECT target_guid FROM main.path_entries WHERE parent_guid = ?1 AND child_name_folded = ?2 AND layer = 'base' AND target_type = 0"u8;
        ReadOnlySpan<byte> read = "SELECT sd FROM main.keys WHERE guid = ?1"u8;
        SqliteStatement? second = null;
        if (!db!.TryPrepare(find, out SqliteStatement? first, out SqliteCode code) || !db.TryPrepare(read, out second, out code) ||
            (code = writer!.Begin()) != SqliteCode.Ok)
        {
            error = StoreError.Of(code, db, "cannot begin the import");
            first?.Dispose();
            second?.Dispose();
            writer!.Dispose();
            return error;
        }

        import = new ImportWriter(db, writer, first, second!, maxSequence);
        return StoreError.None;
    }

    /// <summary>Finds a child in base, or creates it.</summary>
    public StoreError OpenKey(ReadOnlySpan<byte> parent, string name, out byte[] guid)
    {
        guid = [];
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        _ = _findChild.BindBlob(1, parent);
        _ = _findChild.BindText(2, Encoding.UTF8.GetBytes(CaseFold.Fold(name)));
        SqliteCode code = _findChild.Step();
        if (code == SqliteCode.Row)
        {
            guid = _findChild.ColumnBlob(0).ToArray();
        }

        _ = _findChild.Reset();
        if (guid.Length > 0)
        {
            return StoreError.None;
        }

        return code != SqliteCode.Done ? StoreError.Of(code, _db, "cannot read the hive") : CreateKey(parent, utf8, out guid);
    }

    /// <summary>Replaces a key's descriptor; <paramref name="parent"/> is null for the root, which inherits nothing.</summary>
    public StoreError SetSecurity(ReadOnlySpan<byte> guid, byte[]? parent, ReadOnlySpan<byte> descriptor)
    {
        byte[] inherited = [];
        if (parent is not null)
        {
            StoreError error = ReadSecurity(parent, out inherited);
            if (!error.Ok)
            {
                return error;
            }
        }

        if (!KeyInheritance.TryComplete(descriptor, inherited, out byte[] complete))
        {
            return new StoreError(SqliteCode.Error, "the descriptor is too large");
        }

        byte[] payload = new byte[16 + 4 + 4 + complete.Length];
        SpanWriter w = new(payload);
        w.Bytes(guid);
        w.U32(RsiAbi.RSI_FIELD_SD);
        w.LengthPrefixed(complete);
        return Run(RsiAbi.RSI_WRITE_KEY, payload);
    }

    /// <summary>Writes a value into base.</summary>
    public StoreError SetValue(ReadOnlySpan<byte> guid, string name, RegistryValue value)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        byte[] payload = new byte[16 + 4 + utf8.Length + 4 + Base.Length + 4 + 4 + value.Data.Length + 16];
        SpanWriter w = new(payload);
        w.Bytes(guid);
        w.LengthPrefixed(utf8);
        w.LengthPrefixed(Base);
        w.U32((uint)value.Type);
        w.LengthPrefixed(value.Data);
        w.U64(++_sequence);
        w.U64(0);
        return Run(RsiAbi.RSI_SET_VALUE, payload);
    }

    /// <summary>Makes everything durable and leaves one file without a log.</summary>
    public StoreError Commit()
    {
        SqliteCode code = _writer.Commit();
        if (code == SqliteCode.Ok)
        {
            code = _writer.Flush();
        }

        return code == SqliteCode.Ok ? StoreError.None : StoreError.Of(code, _db, "cannot write the hive");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Rollback();
        _findChild.Dispose();
        _readSecurity.Dispose();
        _writer.Dispose();
    }

    private StoreError CreateKey(ReadOnlySpan<byte> parent, byte[] name, out byte[] guid)
    {
        // Random version 4, from the kernel; the crypto classes would need OpenSSL.
        guid = Guid.NewGuid().ToByteArray();
        StoreError error = ReadSecurity(parent, out byte[] inherited);
        if (!error.Ok)
        {
            return error;
        }

        if (!KeyInheritance.TryInherit(inherited, out byte[] descriptor))
        {
            return new StoreError(SqliteCode.Error, "the inherited descriptor is too large");
        }

        byte[] entry = new byte[16 + 4 + name.Length + 4 + Base.Length + 16 + 8];
        SpanWriter w = new(entry);
        w.Bytes(parent);
        w.LengthPrefixed(name);
        w.LengthPrefixed(Base);
        w.Bytes(guid);
        w.U64(++_sequence);
        error = Run(RsiAbi.RSI_CREATE_ENTRY, entry);
        if (!error.Ok)
        {
            return error;
        }

        byte[] key = new byte[16 + 4 + name.Length + 16 + 4 + descriptor.Length + 2];
        w = new SpanWriter(key);
        w.Bytes(guid);
        w.LengthPrefixed(name);
        w.Bytes(parent);
        w.LengthPrefixed(descriptor);
        return Run(RsiAbi.RSI_CREATE_KEY, key);
    }

    private StoreError ReadSecurity(ReadOnlySpan<byte> guid, out byte[] descriptor)
    {
        _ = _readSecurity.BindBlob(1, guid);
        SqliteCode code = _readSecurity.Step();
        descriptor = code == SqliteCode.Row ? _readSecurity.ColumnBlob(0).ToArray() : [];
        _ = _readSecurity.Reset();
        return code == SqliteCode.Row ? StoreError.None : StoreError.Of(code, _db, "cannot read a key");
    }

    private StoreError Run(uint operation, ReadOnlySpan<byte> payload)
    {
        _response.Begin(0, (ushort)operation);
        RsiStatus status = _writer.Run((ushort)operation, payload, _response, out SqliteCode code);
        return status == RsiStatus.Ok
            ? StoreError.None
            : StoreError.Of(code == SqliteCode.Ok ? SqliteCode.Error : code, _db, $"cannot write the hive ({status})");
    }
}
