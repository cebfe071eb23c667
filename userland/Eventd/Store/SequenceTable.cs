// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>
/// Last stored sequence number of each CPU, kept in the shard's metadata by the very transaction that stores the events.
/// A restart therefore knows exactly where to go on, whatever killed the process (EVT-012, EVT-255).
/// </summary>
internal sealed class SequenceTable : IDisposable
{
    private const string Prefix = "last_sequence.";

    private readonly SqliteStatement _update;
    private readonly byte[][] _keys;

    private SequenceTable(SqliteStatement update, byte[][] keys)
    {
        _update = update;
        _keys = keys;
    }

    /// <summary>Prepares the updates of one boot and forgets those of others.</summary>
    internal static bool TryOpen(SqliteDatabase db, Guid boot, int cpus, [NotNullWhen(true)] out SequenceTable? table)
    {
        table = null;
        string prefix = $"{Prefix}{boot:N}.";
        if (db.Execute(Encoding.UTF8.GetBytes($"DELETE FROM metadata WHERE key LIKE '{Prefix}%' AND key NOT LIKE '{prefix}%'")) != SqliteCode.Ok
            || !db.TryPrepare(
                "INSERT INTO metadata(key,value) VALUES(?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value"u8,
                out SqliteStatement? update, out _))
        {
            return false;
        }

        byte[][] keys = new byte[cpus][];
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            keys[cpu] = Encoding.UTF8.GetBytes(prefix + cpu.ToString(CultureInfo.InvariantCulture));
        }

        table = new SequenceTable(update, keys);
        return true;
    }

    /// <summary>Number stored for a CPU in this boot; 0 for none.</summary>
    internal static ulong Load(SqliteDatabase db, Guid boot, int cpu)
    {
        string? value = StoreFile.Metadata(db, $"{Prefix}{boot:N}.{cpu}");
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong last) ? last : 0;
    }

    /// <summary>Stores a number, inside the caller's transaction.</summary>
    internal SqliteCode Save(int cpu, ulong last)
    {
        Span<byte> text = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(last, text, out int length);
        _ = _update.BindText(1, _keys[cpu]);
        _ = _update.BindText(2, text[..length]);
        return _update.Run();
    }

    /// <inheritdoc/>
    public void Dispose() => _update.Dispose();
}
