// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Eventd;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Events;
using Peios.Interop.Sqlite;
using Peios.Tests.Events;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>A writer over a database that the test can make full.</summary>
public sealed class ShardWriterTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("shard").FullName, "shard-0000.db");
    private readonly InProcessRing _ring = new(1 << 20);
    private readonly RingReader _reader;
    private readonly SqliteDatabase _db;
    private readonly ShardWriter _writer;
    private readonly TestShardHost _host = new();

    public ShardWriterTests()
    {
        _reader = _ring.NewReader();
        Assert.True(StoreFile.TryOpen(_path, durable: true, EventTable.Schema, EventTable.Required, out SqliteDatabase? db, out string problem), problem);
        _db = db;
        Assert.True(ShardTables.Open(db, Guid.NewGuid(), [ResumePoint.Start], [true], 1).TryGet(out ShardTables? tables));
        _writer = new ShardWriter(0, tables, 1, _host) { MaxLost = 3 };
    }

    public void Dispose()
    {
        _writer.Dispose();
        _ring.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    /// <summary>Leaves no room in the database; before the writer's thread starts the connection is the test's.</summary>
    private void Fill()
    {
        Assert.Equal(SqliteCode.Ok, _db.Execute("PRAGMA max_page_count=60"u8));
        foreach (string size in (string[])["4000", "400", "40", "1"])
        {
            byte[] insert = Encoding.ASCII.GetBytes(
                $"INSERT INTO events(boot_id,timestamp,event_type,payload) VALUES(x'00',9,'fill',zeroblob({size}))");
            SqliteCode code;
            while ((code = _db.Execute(insert)) == SqliteCode.Ok)
            {
            }

            Assert.Equal(SqliteCode.Full, code);
        }
    }

    /// <summary>What retention does.</summary>
    private void MakeRoom()
    {
        Assert.True(SqliteDatabase.TryOpen(_path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        using (db)
        {
            _ = db.SetBusyTimeout(5000);
            Assert.Equal(SqliteCode.Ok, db.Execute("DELETE FROM events WHERE event_type = 'fill'"u8));
        }
    }

    private void Put(int count, int payload)
    {
        EventBlock block = new((count * (payload + 100)) + 4096, home: null) { Cpu = 0 };
        for (int i = 0; i < count; i++)
        {
            _ring.Emit("e", new byte[payload]);
            Span<byte> room = block.Free;
            int size = _reader.TryRead(room);
            Assert.True(EventView.TryParse(room[..size], out EventView e));
            block.AddEvent(size, e.Sequence, e.Sequence - 1);
        }

        Assert.True(_writer.Queue.Put(block));
    }

    private List<string> Column(string sql)
    {
        List<string> rows = [];
        Assert.True(SqliteDatabase.TryOpen(_path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.True(db.TryPrepare(Encoding.UTF8.GetBytes(sql), out SqliteStatement? select, out _));
            using (select)
            {
                while (select.Step() == SqliteCode.Row)
                {
                    rows.Add(Encoding.UTF8.GetString(select.ColumnText(0)));
                }
            }
        }

        return rows;
    }

    [Fact]
    [Rule("EVT-260", "EVT-261", "EVT-262", "EVT-263")]
    public void DiskFull_LosesWholeBatches_AndSaysExactlyWhich()
    {
        // The connection is the writer's; before its thread starts the test may use it.
        Assert.Equal(SqliteCode.Ok, _db.Execute("PRAGMA max_page_count=60"u8));
        Put(10, 100);
        _writer.Start();
        EventdFixture.Until(() => _writer.Stored == 10, "the first batch");
        Put(400, 1000); // numbers 11 to 410 do not fit
        EventdFixture.Until(() => _host.DiskFulls > 0, "the full disk");
        Put(400, 1000); // nor do 411 to 810
        EventdFixture.Until(() => _host.DiskFulls > 1, "the full disk again");
        _writer.Stop();
        Assert.True(_writer.Join(30000));
        Assert.Equal("10", Column("SELECT count(*) FROM events")[0]);
        Assert.Equal("10", Column("SELECT value FROM metadata WHERE key LIKE 'last_sequence.%'")[0]);
    }

    [Fact]
    [Rule("EVT-261")]
    public void DiskFull_Recovered_GapRecordComesBeforeNewEvents()
    {
        Assert.Equal(SqliteCode.Ok, _db.Execute("PRAGMA max_page_count=60"u8));
        Put(10, 100);
        _writer.Start();
        EventdFixture.Until(() => _writer.Stored == 10, "the first batch");
        Put(400, 1000);
        EventdFixture.Until(() => _host.DiskFulls > 0 && _writer.Queue.Entries == 0, "the full disk");
        Put(3, 100); // small enough for what is left
        EventdFixture.Until(() => _writer.Stored == 13, "the next batch");
        _writer.Stop();
        Assert.True(_writer.Join(30000));
        Assert.Equal(
            ["synthetic.gap", "e", "e", "e"],
            Column("SELECT event_type FROM events WHERE id > 10 ORDER BY id"));
        Assert.Equal("413", Column("SELECT value FROM metadata WHERE key LIKE 'last_sequence.%'")[0]);
        MsgPackReader gap = new(Gap());
        Assert.True(gap.TryReadMap(out int pairs));
        Dictionary<string, ulong> fields = [];
        for (int i = 0; i < pairs; i++)
        {
            Assert.True(gap.TryReadString(out ReadOnlySpan<byte> key));
            if (gap.NextType == MsgPackType.Integer)
            {
                Assert.True(gap.TryReadUInt64(out ulong value));
                fields[Encoding.UTF8.GetString(key)] = value;
            }
            else
            {
                Assert.True(gap.TryReadNil());
            }
        }

        Assert.Equal(11UL, fields["first_missing"]);
        Assert.Equal(410UL, fields["last_missing"]);
        Assert.Equal(400UL, fields["count"]);
    }

    [Fact]
    [Rule("EVT-260", "EVT-264")]
    public void DiskFull_NoRoomForTheGapRecordEither_LeavesTheResumePointBeforeTheHole()
    {
        Fill();
        _writer.Start();
        Put(10, 100);
        EventdFixture.Until(() => _host.DiskFulls > 0 && _writer.Queue.Entries == 0, "the full disk");
        Put(10, 100);
        EventdFixture.Until(() => _host.DiskFulls > 1 && _writer.Queue.Entries == 0, "the full disk again");
        _writer.Stop();
        Assert.True(_writer.Join(30000));
        // A crash now forgets the list of what is lost: the next start must find the hole by itself.
        Assert.Equal("0", Column("SELECT value FROM metadata WHERE key LIKE 'last_sequence.%'")[0]);
        Assert.Empty(Column("SELECT 1 FROM events WHERE event_type <> 'fill'"));
    }

    [Fact]
    [Rule("EVT-260", "EVT-261")]
    public void Shard_LockedByAnother_LosesTheBatch_CountsIt_AndGoesOn()
    {
        _ = _db.SetBusyTimeout(20);
        Assert.True(SqliteDatabase.TryOpen(_path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? other, out _));
        using (other)
        {
            Assert.Equal(SqliteCode.Ok, other.Execute("BEGIN IMMEDIATE"u8));
            _writer.Start();
            Put(10, 100);
            EventdFixture.Until(() => _writer.Unhealthy && _writer.Queue.Entries == 0 && _host.Failures.Count == 1, "the failure");
            Assert.Equal("Busy: database is locked", _host.Failures[0]);
        }

        EventdFixture.Until(() => !Monitor.IsEntered(_writer.Gate) && Monitor.TryEnter(_writer.Gate), "the end of the batch");
        Monitor.Exit(_writer.Gate);
        Put(3, 100);
        EventdFixture.Until(() => _writer.Stored == 3, "the next batch");
        Assert.Equal((0, 1), (_host.DiskFulls, _host.Recoveries));
        Assert.Equal(["synthetic.gap", "e", "e", "e"], Column("SELECT event_type FROM events ORDER BY id"));
        _writer.Stop();
        Assert.True(_writer.Join(30000));
    }

    [Fact]
    [Rule("EVT-019", "EVT-261", "EVT-263")]
    public void DiskFull_MoreHolesThanAreRemembered_WaitsWithoutKeepingRetentionOut()
    {
        Fill();
        _writer.Start();
        for (int i = 0; i < 5; i++)
        {
            _ = _ring.Emit("skipped", [1]); // every other number is nobody's: the holes do not join
            Span<byte> record = new byte[400];
            _ = _reader.TryRead(record);
            Put(1, 100);
        }

        EventdFixture.Until(() => _writer.Queue.Entries > 0 && _host.DiskFulls >= 5, "the writer reads no more");
        Assert.True(Monitor.TryEnter(_writer.Gate, 60000));
        MakeRoom();
        Monitor.Exit(_writer.Gate);
        EventdFixture.Until(() => _writer.Stored == 1, "the event behind the holes");
        _writer.Stop();
        Assert.True(_writer.Join(30000));
        Assert.Equal(4, Column("SELECT 1 FROM events WHERE event_type = 'synthetic.gap'").Count);
        Assert.Equal(["10"], Column("SELECT sequence FROM events WHERE sequence IS NOT NULL"));
    }

    private byte[] Gap()
    {
        Assert.True(SqliteDatabase.TryOpen(_path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.True(db.TryPrepare("SELECT payload FROM events WHERE event_type='synthetic.gap'"u8, out SqliteStatement? select, out _));
            using (select)
            {
                Assert.Equal(SqliteCode.Row, select.Step());
                return select.ColumnBlob(0).ToArray();
            }
        }
    }
}
