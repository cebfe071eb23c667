// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Peios.Events;
using Peios.Interop.Sqlite;
using Xunit;

namespace Tests.Vm.Events;

/// <summary>
/// Reads a copy of the event store and holds it to the promise: every number of every CPU is there exactly once, as a row
/// or inside a gap record, and every payload is what its producer wrote.
/// </summary>
internal sealed class EventAudit
{
    private readonly Dictionary<long, List<(ulong First, ulong Last)>> _covered = [];
    private readonly Dictionary<(uint Producer, ulong Number), int> _numbers = [];

    /// <summary>Reads every shard in a folder; only rows of the given boot count.</summary>
    internal EventAudit(string folder, Guid boot)
    {
        foreach (string path in Directory.GetFiles(folder, "shard-*.db"))
        {
            Read(path, boot);
        }
    }

    /// <summary>Rows of producers.</summary>
    internal long Stored { get; private set; }

    /// <summary>Numbers inside gap records.</summary>
    internal ulong Missing { get; private set; }

    /// <summary>Gap records.</summary>
    internal int Gaps { get; private set; }

    /// <summary>Events of the producers whose content is stored.</summary>
    internal int Producers => _numbers.Count;

    /// <summary>A producer's number is stored at most once.</summary>
    internal bool Has(uint producer, ulong number) => _numbers.ContainsKey((producer, number));

    /// <summary>Last number that a CPU's rows and gap records reach without a hole; fails on an overlap.</summary>
    internal ulong ReachedWithoutAHole(int cpu)
    {
        if (!_covered.TryGetValue(cpu, out List<(ulong First, ulong Last)>? ranges))
        {
            return 0;
        }

        ranges.Sort();
        ulong reached = 0;
        foreach ((ulong first, ulong last) in ranges)
        {
            Assert.True(first > reached, $"cpu {cpu}: {first} to {last} is stored twice: {reached} was reached before");
            if (first != reached + 1)
            {
                break;
            }

            reached = last;
        }

        return reached;
    }

    /// <summary>Largest number that a CPU's rows and gap records know of.</summary>
    internal ulong Largest(int cpu) => _covered.TryGetValue(cpu, out List<(ulong First, ulong Last)>? ranges) ? Max(ranges) : 0;

    private static ulong Max(List<(ulong First, ulong Last)> ranges)
    {
        ulong max = 0;
        ranges.ForEach(range => max = Math.Max(max, range.Last));
        return max;
    }

    private void Read(string path, Guid boot)
    {
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out SqliteCode code), $"{path}: {code}");
        using (db)
        {
            Assert.True(db.TryPrepare("PRAGMA integrity_check"u8, out SqliteStatement? check, out _));
            using (check)
            {
                Assert.Equal(SqliteCode.Row, check.Step());
                Assert.True(check.ColumnText(0).SequenceEqual("ok"u8), path);
            }

            Assert.True(db.TryPrepare("SELECT cpu_id, sequence, event_type, payload FROM events WHERE boot_id = ?"u8, out SqliteStatement? rows, out code), $"{path}: {code}: no rows can be read");
            using (rows)
            {
                _ = rows.BindBlob(1, boot.ToByteArray());
                while ((code = rows.Step()) == SqliteCode.Row)
                {
                    Add(rows);
                }

                Assert.Equal(SqliteCode.Done, code);
            }
        }
    }

    private void Add(SqliteStatement row)
    {
        if (!row.IsNull(1))
        {
            Cover(row.ColumnInt64(0), (ulong)row.ColumnInt64(1), (ulong)row.ColumnInt64(1));
            if (row.ColumnText(2).StartsWith("flood."u8))
            {
                Verify(row.ColumnBlob(3));
            }
        }
        else if (row.ColumnText(2).SequenceEqual("synthetic.gap"u8))
        {
            Dictionary<string, ulong> gap = Numbers(row.ColumnBlob(3));
            Assert.Equal(gap["count"], gap["last_missing"] - gap["first_missing"] + 1);
            Assert.Equal((ulong)row.ColumnInt64(0), gap["cpu_id"]);
            Cover(row.ColumnInt64(0), gap["first_missing"], gap["last_missing"]);
            Missing += gap["count"];
            Gaps++;
        }
    }

    private void Cover(long cpu, ulong first, ulong last)
    {
        if (!_covered.TryGetValue(cpu, out List<(ulong First, ulong Last)>? ranges))
        {
            _covered[cpu] = ranges = [];
        }

        ranges.Add((first, last));
    }

    private void Verify(ReadOnlySpan<byte> payload)
    {
        Dictionary<string, ulong> numbers = Numbers(payload, out ReadOnlySpan<byte> content);
        (uint producer, ulong number) = ((uint)numbers["p"], numbers["n"]);
        uint hash = 2166136261;
        foreach (byte b in (ReadOnlySpan<byte>)[.. BitConverter.GetBytes(producer), .. BitConverter.GetBytes(number), .. content])
        {
            hash = (hash ^ b) * 16777619;
        }

        Assert.Equal(numbers["sum"], hash);
        Assert.True(_numbers.TryAdd((producer, number), 1), $"event {number} of producer {producer} is stored twice");
        Stored++;
    }

    private static Dictionary<string, ulong> Numbers(ReadOnlySpan<byte> payload) => Numbers(payload, out _);

    private static Dictionary<string, ulong> Numbers(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> content)
    {
        Dictionary<string, ulong> numbers = [];
        content = default;
        MsgPackReader reader = new(payload);
        Assert.True(reader.TryReadMap(out int pairs));
        for (int i = 0; i < pairs; i++)
        {
            Assert.True(reader.TryReadString(out ReadOnlySpan<byte> key));
            if (reader.NextType == MsgPackType.Integer && reader.TryReadUInt64(out ulong value))
            {
                numbers[System.Text.Encoding.UTF8.GetString(key)] = value;
            }
            else if (reader.NextType == MsgPackType.Binary)
            {
                Assert.True(reader.TryReadBinary(out content));
            }
            else
            {
                Assert.True(reader.TrySkip());
            }
        }

        return numbers;
    }
}
