// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Eventd.Ingest;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>
/// Last stored sequence number of each CPU, kept in the shard's metadata by the very transaction that stores the events.
/// A restart therefore knows exactly where to go on, whatever killed the process (EVT-012, EVT-255). Beside it stands
/// where this run of the daemon began: its number, the last row before it, and what was settled then, for every CPU. A
/// crash between the openings of two shards leaves only the first with the number of the new run.
/// </summary>
internal sealed class SequenceTable : IDisposable
{
    private const string LastPrefix = "last_sequence.";
    private const string SettledPrefix = "settled.";
    private const string FloorPrefix = "floor_sequence.";
    private const string RunPrefix = "run.";

    private readonly SqliteStatement _update;
    private readonly byte[][] _keys;
    private readonly ulong[] _saved;

    private SequenceTable(SqliteStatement update, byte[][] keys, ulong[] stored)
    {
        _update = update;
        _keys = keys;
        _saved = stored;
        Stored = [.. stored];
    }

    /// <summary>Per CPU the number as of the last commit, or where it began.</summary>
    internal ulong[] Stored { get; }

    /// <summary>Prepares the updates of one boot, forgets those of others, and writes down where this run begins.</summary>
    /// <param name="db">The shard.</param>
    /// <param name="boot">This boot.</param>
    /// <param name="resume">Where each CPU goes on.</param>
    /// <param name="serves">Which CPUs write here.</param>
    /// <param name="run">Number of this run.</param>
    /// <param name="table">The table.</param>
    internal static bool TryOpen(
        SqliteDatabase db, Guid boot, ResumePoint[] resume, bool[] serves, long run, [NotNullWhen(true)] out SequenceTable? table)
    {
        table = null;
        StringBuilder sql = new("BEGIN IMMEDIATE;");
        foreach (string prefix in (string[])[LastPrefix, SettledPrefix, FloorPrefix, RunPrefix])
        {
            sql.Append(CultureInfo.InvariantCulture, $"DELETE FROM metadata WHERE key LIKE '{prefix}%';");
        }

        sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO metadata VALUES('{RunPrefix}{boot:N}','{run} '||(SELECT coalesce(max(id),0) FROM events));");
        byte[][] keys = new byte[resume.Length][];
        ulong[] stored = new ulong[resume.Length];
        for (int cpu = 0; cpu < resume.Length; cpu++)
        {
            keys[cpu] = Encoding.ASCII.GetBytes(Key(LastPrefix, boot, cpu));
            stored[cpu] = resume[cpu].Last;
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO metadata VALUES('{Key(FloorPrefix, boot, cpu)}','{resume[cpu].Last}');");
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO metadata VALUES('{Key(SettledPrefix, boot, cpu)}','{resume[cpu].Text()}');");
            if (serves[cpu])
            {
                sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO metadata VALUES('{Key(LastPrefix, boot, cpu)}','{resume[cpu].Last}');");
            }
        }

        if (db.Execute(Encoding.ASCII.GetBytes(sql.Append("COMMIT").ToString())) != SqliteCode.Ok)
        {
            _ = db.InTransaction ? db.Execute("ROLLBACK"u8) : SqliteCode.Ok;
            return false;
        }

        if (!db.TryPrepare("UPDATE metadata SET value=?2 WHERE key=?1"u8, out SqliteStatement? update, out _))
        {
            return false;
        }

        table = new SequenceTable(update, keys, stored);
        return true;
    }

    /// <summary>Reads what the last run of this boot left in a shard; null when none wrote here.</summary>
    internal static ShardState? Load(SqliteDatabase db, Guid boot, int cpus)
    {
        string[] run = (StoreFile.Metadata(db, $"{RunPrefix}{boot:N}") ?? string.Empty).Split(' ');
        if (run.Length != 2 || !Number(run[0], out ulong number) || !Number(run[1], out ulong startRow))
        {
            return null;
        }

        ulong?[] last = new ulong?[cpus];
        ResumePoint[] floor = new ResumePoint[cpus];
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            last[cpu] = Number(StoreFile.Metadata(db, Key(LastPrefix, boot, cpu)), out ulong value) ? value : null;
            floor[cpu] = new ResumePoint(
                Number(StoreFile.Metadata(db, Key(FloorPrefix, boot, cpu)), out value) ? value : 0,
                ResumePoint.Parse(StoreFile.Metadata(db, Key(SettledPrefix, boot, cpu)) ?? string.Empty));
        }

        return new ShardState((long)number, (long)startRow, last, floor);
    }

    /// <summary>Stores a number, inside the caller's transaction.</summary>
    internal SqliteCode Save(int cpu, ulong last)
    {
        _saved[cpu] = last;
        Span<byte> text = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(last, text, out int length);
        _ = _update.BindText(1, _keys[cpu]);
        _ = _update.BindText(2, text[..length]);
        return _update.Run();
    }

    /// <summary>The transaction is committed, or it is not.</summary>
    internal void End(bool committed) => (committed ? _saved : Stored).CopyTo(committed ? Stored : _saved, 0);

    /// <inheritdoc/>
    public void Dispose() => _update.Dispose();

    private static string Key(string prefix, Guid boot, int cpu) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{boot:N}.{cpu}");

    private static bool Number(string? text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
