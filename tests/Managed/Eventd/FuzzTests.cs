// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Eventd.Logs;
using Eventd.Query;
using Peios.Events;
using Peios.Interop.Sqlite;
using Peios.Tests.Events;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>
/// Mutated and random input for everything that reads bytes of others, over seeds that reach deep. Short here;
/// <c>PEIOS_FUZZ_ROUNDS</c> makes it long. A failure names the seed of its round.
/// </summary>
public sealed unsafe class FuzzTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("PEIOS_FUZZ_ROUNDS"), out int rounds) ? rounds : 20_000;

    private static readonly byte[][] Messages =
    [
        [0x83, 0xa6, .. "origin"u8, 0xa1, (byte)'a', 0xa8, .. "is_error"u8, 0xc2, 0xa7, .. "message"u8, 0xa2, .. "hi"u8],
        [0x92, 0x83, 0xa6, .. "origin"u8, 0xa1, (byte)'a', 0xa8, .. "is_error"u8, 0xc3, 0xa7, .. "message"u8, 0xd9, 3, .. "abc"u8, 0xc0],
        [0x81, 0xa5, .. "query"u8, 0xa6, .. "EVENTS"u8],
        [0xdc, 0, 2, 0xcb, 0, 0, 0, 0, 0, 0, 0, 0, 0xd8, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [0xdf, 0xff, 0xff, 0xff, 0xff, 0xc6, 0xff, 0xff, 0xff, 0xff, 0xdd, 0x7f, 0xff, 0xff, 0xff, 0xc9, 0x80, 0, 0, 0, 0],
        [0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x81, 0xa1, (byte)'k', 0xcf, 1, 2, 3, 4, 5, 6, 7, 8],
    ];

    private static readonly string[] Queries =
    [
        "EVENTS kacs.* SINCE 5m ago WHERE cpu_id == 1 AND (sequence > 0x10 OR event_type STARTS_WITH \"a\\\"b\") SORT timestamp DESC, cpu_id TAKE 3 SKIP 1",
        "LOGS FROM redis, \"nginx\" ERROR ONLY CONTAINING \"x\" STREAM SELECT message, origin",
        "EVENTS WHERE process_guid == \"{11111111-2222-3333-4444-555555555555}\" WHERE origin_class NOT_IN (kacs, lcs, 3) UNTIL 2026-11-20T13:00:00",
        "EVENTS WHERE sequence IS NOT NULL AND event_type CONTAINS \"%_\\\\\" UNTIL today SINCE yesterday",
        "EVENTS INDEX event_type", "METRIC cpu[core=\"0\"] RATE SINCE 1h ago", "EVENTS COUNT BY event_type", "EVENTS *a*b* TAKE 99999999999999999999",
    ];

    [Fact]
    [Rule("EVT-097", "EVT-098", "EVT-099")]
    public void LogDatagram_Anything_YieldsRecordsInsideItOrNone()
    {
        ForEach(Messages, (bytes, random) =>
        {
            int count = LogRecord.Count(bytes, out MsgPackReader reader);
            int good = 0;
            for (int i = 0; i < count; i++)
            {
                if (LogRecord.TryRead(ref reader, out LogRecord record))
                {
                    good++;
                    _ = Encoding.UTF8.GetString(record.Origin);
                    Assert.True(record.Origin.Length + record.Message.Length <= bytes.Length);
                }
            }

            Assert.True(count <= bytes.Length && good <= Math.Max(count, 0));
        });
    }

    [Fact]
    public void MsgPackReader_Anything_StaysInsideAndEnds()
    {
        ForEach(Messages, (bytes, random) =>
        {
            MsgPackReader reader = new(bytes);
            int steps = 0;
            while (!reader.AtEnd && reader.TrySkip())
            {
                steps++;
            }

            Assert.True(steps <= bytes.Length && reader.Position <= bytes.Length);
            _ = ClientChannel.Parse(bytes);
        });
    }

    [Fact]
    public void MsgPackWriter_WhatItWrites_IsReadBack()
    {
        ForEach(Messages, (bytes, random) =>
        {
            byte[] buffer = new byte[random.Next(0, 64)];
            MsgPackWriter w = new(buffer);
            w.Array(3);
            w.Int64(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(0, 63));
            w.Binary(bytes.AsSpan(0, Math.Min(bytes.Length, random.Next(0, 40))));
            w.Boolean(random.Next(2) == 0);
            MsgPackReader r = new(buffer.AsSpan(0, w.Ok ? w.Length : 0));
            Assert.Equal(w.Ok, r.TrySkip() && r.AtEnd);
        });
    }

    [Fact]
    [Rule("EVT-149", "EVT-200")]
    public void Query_AnyText_IsRefusedOrBecomesSqlThatSqliteTakes()
    {
        Assert.True(SqliteDatabase.TryOpen(":memory:", SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(global::Eventd.Store.EventTable.Schema));
            Assert.Equal(SqliteCode.Ok, db.Execute(global::Eventd.Store.LogTable.Schema));
            ForEach(Array.ConvertAll(Queries, Encoding.UTF8.GetBytes), (bytes, random) =>
            {
                QueryPlan? plan = QueryParser.Parse(Encoding.UTF8.GetString(bytes), 1_795_181_679_000_000_000, out string problem);
                Assert.Equal(plan is null, problem.Length > 0);
                if (plan is { Index: null } && random.Next(4) == 0)
                {
                    foreach (string sql in (string[])[plan.Sql(null, true, plan.Scans), plan.StreamSql("id > 0")])
                    {
                        Assert.True(db.TryPrepare(Encoding.UTF8.GetBytes(sql), out SqliteStatement? statement, out SqliteCode code), $"{code}: {sql}");
                        statement.Dispose();
                    }
                }
            });
        }
    }

    [Fact]
    [Rule("KMES-103", "KMES-104")]
    public void RingReader_OverAHostileProducer_StaysInsideTheMapping()
    {
        using InProcessRing ring = new(65536);
        for (int i = 0; i < 2000; i++)
        {
            ring.Emit("type", new byte[i % 300]);
        }

        byte[] buffer = new byte[65536];
        ForEach([new byte[16]], (bytes, random) =>
        {
            RingReader reader = ring.NewReader();
            for (int i = 0; i < 4; i++)
            {
                // Positions and sizes that no producer writes, between the reads.
                ulong value = BitConverter.ToUInt64([.. bytes, .. new byte[8]]) >> random.Next(0, 64);
                int where = random.Next(4);
                if (where == 3)
                {
                    *(uint*)(ring.Page + 8192 + (reader.ReadPosition & 65535)) = (uint)value;
                }
                else
                {
                    *(ulong*)(ring.Page + (where == 0 ? 64 : where == 1 ? 72 : 32)) = value;
                }

                int size = reader.TryRead(buffer.AsSpan(0, random.Next(0, buffer.Length)));
                Assert.True(size is >= -65536 and <= 65536);
                if (size > 0 && EventView.TryParse(buffer.AsSpan(0, size), out EventView e))
                {
                    Assert.True(e.Type.Length + e.Payload.Length <= size);
                }

                _ = reader.Backlog;
            }
        });
    }

    [Fact]
    [Rule("KMES-149")]
    public void EventView_Anything_HasItsFieldsInside()
    {
        byte[] record = new byte[120];
        record[0] = 120;
        record[4] = 81;
        record[75] = 4;
        ForEach([record], (bytes, random) =>
        {
            if (EventView.TryParse(bytes, out EventView e))
            {
                Assert.True(e.Record.Length <= bytes.Length);
                Assert.True(e.Type.Length + e.Payload.Length + EventView.HeaderSize <= e.Record.Length);
                _ = e.Process.Length + e.TrueToken.Length + e.EffectiveToken.Length;
            }
        });
    }

    /// <summary>Runs a body over mutations of the seeds: flipped, cut, repeated, spliced, and now and then pure noise.</summary>
    private static void ForEach(IReadOnlyList<byte[]> seeds, Action<byte[], Random> body)
    {
        for (int round = 0; round < Rounds; round++)
        {
            Random random = new(round);
            byte[] bytes = Mutate(seeds, random);
            try
            {
                body(bytes, random);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"round {round}: {Convert.ToHexString(bytes)}", e);
            }
        }
    }

    private static byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        List<byte> bytes = [.. seeds[random.Next(seeds.Count)]];
        for (int i = random.Next(0, 6); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(0, bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(0, bytes.Count - at)));
                    break;
                case 4:
                    bytes.InsertRange(at, seeds[random.Next(seeds.Count)]);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        if (random.Next(20) == 0)
        {
            byte[] noise = new byte[random.Next(0, 200)];
            random.NextBytes(noise);
            return noise;
        }

        return [.. bytes];
    }
}
