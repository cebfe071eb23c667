// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Text;
using Peios.Interop.Sqlite;
using Registryd.Store;

namespace Registryd.Offline;

/// <summary>
/// <c>--inspector</c>: prints what the files hold, read-only and without the kernel (LOREG-051): every key with its
/// values in all layers, and what is wrong with the file.
/// </summary>
internal sealed class Inspector : IDisposable
{
    private const int MaxDepth = 4096;

    private readonly SqliteDatabase _db;
    private readonly TextWriter _out;

    private Inspector(SqliteDatabase db, TextWriter output)
    {
        _db = db;
        _out = output;
    }

    /// <summary>Prints all hives; 1 if one of them is damaged or cannot be read.</summary>
    public static int Run(IReadOnlyList<HiveArgument> hives, TextWriter output)
    {
        int status = 0;
        foreach (HiveArgument argument in hives)
        {
            StoreError error = Inspect(argument, output);
            if (!error.Ok)
            {
                Console.Error.WriteLine("registryd: " + error.Message);
                status = 1;
            }
        }

        return status;
    }

    /// <inheritdoc/>
    public void Dispose() => _db.Dispose();

    private static StoreError Inspect(HiveArgument argument, TextWriter output)
    {
        if (!File.Exists(argument.Path))
        {
            return new StoreError(SqliteCode.CantOpen, $"{argument.Path} {(Directory.Exists(argument.Path) ? "is a folder" : "does not exist")}");
        }

        if (!SqliteDatabase.TryOpen(argument.Path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out SqliteCode code))
        {
            return StoreError.Of(code, null, $"cannot open {argument.Path}");
        }

        using Inspector inspector = new(db, output);
        output.WriteLine($"hive {argument.Name}  {argument.Path}");
        // Damage is reported, and then what can still be read is shown.
        StoreError damage = HiveFile.Check(db, argument.Path);
        StoreError error = inspector.Print(argument.Name);
        return damage.Ok ? error : damage;
    }

    private StoreError Print(string hive)
    {
        StoreError error = RootKey.Read(_db, out byte[]? root);
        return !error.Ok ? error
            : root is null ? new StoreError(SqliteCode.Corrupt, $"hive {hive} has no root key")
            : PrintKey(root, hive, 1);
    }

    private StoreError PrintKey(byte[] guid, string path, int depth)
    {
        _out.WriteLine($"[{path}]  {Convert.ToHexStringLower(guid)}");
        StoreError error = PrintValues(guid);
        List<(string Name, byte[] Guid)> children = [];
        if (error.Ok)
        {
            error = ListChildren(guid, path, children);
        }

        foreach ((string name, byte[] child) in children)
        {
            if (!error.Ok)
            {
                break;
            }

            error = depth < MaxDepth
                ? PrintKey(child, path + "\\" + name, depth + 1)
                : new StoreError(SqliteCode.Corrupt, $"keys are nested deeper than {MaxDepth} at {path}");
        }

        return error;
    }

    private StoreError PrintValues(byte[] guid)
    {
        if (!Select("SELECT name, layer, type, data, sequence FROM \"values\" WHERE key_guid = ?1 ORDER BY name_folded, layer"u8, guid, out SqliteStatement? rows, out StoreError error))
        {
            return error;
        }

        using (rows)
        {
            SqliteCode code;
            while ((code = rows.Step()) == SqliteCode.Row)
            {
                string name = rows.ColumnText(0).IsEmpty ? "@" : Plain(rows.ColumnText(0));
                _out.WriteLine($"  {name}  type={rows.ColumnInt64(2)} layer={Plain(rows.ColumnText(1))} sequence={rows.ColumnInt64(4)} {Show(rows.ColumnInt64(2), rows.ColumnBlob(3))}");
            }

            return code == SqliteCode.Done ? StoreError.None : StoreError.Of(code, _db, "cannot read values");
        }
    }

    private StoreError ListChildren(byte[] guid, string path, List<(string Name, byte[] Guid)> children)
    {
        if (!Select("SELECT child_name, layer, target_type, target_guid, sequence FROM path_entries WHERE parent_guid = ?1 ORDER BY child_name_folded, layer"u8, guid, out SqliteStatement? rows, out StoreError error))
        {
            return error;
        }

        using (rows)
        {
            SqliteCode code;
            while ((code = rows.Step()) == SqliteCode.Row)
            {
                string name = Plain(rows.ColumnText(0));
                if (rows.ColumnInt64(2) == 0)
                {
                    children.Add((name, rows.ColumnBlob(3).ToArray()));
                }
                else
                {
                    _out.WriteLine($"  {path}\\{name} is hidden by layer {Plain(rows.ColumnText(1))}");
                }
            }

            return code == SqliteCode.Done ? StoreError.None : StoreError.Of(code, _db, "cannot read keys");
        }
    }

    private bool Select(ReadOnlySpan<byte> sql, byte[] guid, [NotNullWhen(true)] out SqliteStatement? rows, out StoreError error)
    {
        bool ok = _db.TryPrepare(sql, out rows, out SqliteCode code);
        error = ok ? StoreError.None : StoreError.Of(code, _db, "cannot read the database");
        if (ok)
        {
            _ = rows!.BindBlob(1, guid);
        }

        return ok;
    }

    // Names hold any character but NUL, and the reader is somebody's terminal.
    private static string Plain(ReadOnlySpan<byte> utf8)
    {
        StringBuilder plain = new();
        foreach (char c in Encoding.UTF8.GetString(utf8))
        {
            _ = char.IsControl(c) ? plain.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : plain.Append(c);
        }

        return plain.ToString();
    }

    private static string Show(long type, ReadOnlySpan<byte> data)
    {
        const int Shown = 64;
        if (type is 1 or 2 or 6 && System.Text.Unicode.Utf8.IsValid(data))
        {
            string text = Plain(data[..Math.Min(data.Length, 4 * Shown)]);
            return "\"" + text + "\"";
        }

        string hex = Convert.ToHexStringLower(data[..Math.Min(data.Length, Shown)]);
        return data.Length > Shown ? $"{hex}... ({data.Length} bytes)" : hex;
    }
}
