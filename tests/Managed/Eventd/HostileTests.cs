// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.Versioning;
using System.Threading;
using Eventd;
using Eventd.Access;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>What clients, senders and a bad moment must not be able to do.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostileTests : IDisposable
{
    private readonly EventdFixture _f = new(capacity: 16 << 20);

    public void Dispose() => _f.Dispose();

    private static byte[] Line(int length) =>
        [0x83, 0xa6, .. "origin"u8, 0xa1, (byte)'x', 0xa8, .. "is_error"u8, 0xc2, 0xa7, .. "message"u8, 0xda, (byte)(length >> 8), (byte)length, .. new byte[length]];

    private List<string> Logs() => _f.Rows("SELECT 1 FROM logs", _f.Settings.LogStorePath);

    [Fact]
    [Rule("EVT-254")]
    public void Stop_WhileOthersGoOnLogging_TakesNothingMoreIn()
    {
        Daemon daemon = _f.Start();
        byte[] line = Line(2000);
        int taken = 0;
        Thread[] senders = new Thread[4];
        for (int i = 0; i < senders.Length; i++)
        {
            senders[i] = new Thread(() =>
            {
                Assert.True(UnixSocket.ConnectDatagram(_f.Settings.LogSocketPath).TryGet(out UnixSocket? socket));
                using (socket)
                {
                    Result<int> sent;
                    while ((sent = socket.Send(line)).Ok || sent.Error == Errno.EAGAIN)
                    {
                        _ = sent.Ok ? Interlocked.Increment(ref taken) : 0;
                    }

                    Assert.Equal(Errno.EPIPE, sent.Error);
                }
            });
            senders[i].Start();
        }

        EventdFixture.Until(() => Volatile.Read(ref taken) > 500, "a flood");
        _f.Stop(daemon); // fails unless it ends
        Array.ForEach(senders, static sender => sender.Join());
        Assert.Equal(taken, Logs().Count); // and what the socket had taken is stored
    }

    [Fact]
    [Rule("EVT-255", "EVT-257", "EVT-264")]
    public void Stop_WithAWriterThatHangs_GivesUpInTime_AndNothingIsForgotten()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("e", [1]);
        EventdFixture.Until(() => _f.Rows("SELECT 1 FROM events WHERE sequence = 1").Count == 1, "the first event");
        Monitor.Enter(daemon.Writers[0].Gate);
        try
        {
            _f.Rings[0].Emit("e", [1]);
            EventdFixture.Until(() => daemon.Drains[0].Last == 2, "the second event is read");
            Assert.False(daemon.Stop(200));
        }
        finally
        {
            Monitor.Exit(daemon.Writers[0].Gate);
        }

        _f.Kill(daemon); // the process exits here
        daemon = _f.Start();
        _f.Rings[0].Emit("e", [1]);
        EventdFixture.Until(() => _f.Rows("SELECT 1 FROM events WHERE sequence = 3").Count == 1, "the third event");
        _f.Stop(daemon);
        Assert.Equal(["1", "2", "3"], _f.Rows("SELECT sequence FROM events WHERE sequence IS NOT NULL ORDER BY id"));
        Assert.Empty(_f.Rows("SELECT 1 FROM events WHERE event_type = 'synthetic.gap'"));
    }

    [Fact]
    [Rule("EVT-252", "EVT-267")]
    public void LogStore_LockedByAnother_EndsTheStart_AndStaysWhereItIs()
    {
        _f.Stop(_f.Start());
        Assert.True(SqliteDatabase.TryOpen(_f.Settings.LogStorePath, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE"u8));
            string problem = _f.Refusal(_f.Settings);
            Assert.Contains(_f.Settings.LogStorePath, problem, StringComparison.Ordinal);
            Assert.Contains("Busy", problem, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_f.Settings.LogStorePath + ".damaged"));
    }

    [Fact]
    [Rule("EVT-267")]
    public void LogStore_DamagedAgain_KeepsWhatWasSetAsideBefore()
    {
        foreach (char c in "ab")
        {
            File.WriteAllText(_f.Settings.LogStorePath, new string(c, 5000));
            _f.Stop(_f.Start());
        }

        Assert.StartsWith("aaa", File.ReadAllText(_f.Settings.LogStorePath + ".damaged"), StringComparison.Ordinal);
        Assert.StartsWith("bbb", File.ReadAllText(_f.Settings.LogStorePath + ".damaged.1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Stores_AreTheirOwnersAlone()
    {
        Daemon daemon = _f.Start();
        _f.Log(Line(10));
        EventdFixture.Until(() => Logs().Count == 1 && daemon.StoredEvents > 0, "rows in both");
        string[] files = [.. Directory.GetFiles(_f.Settings.EventStorePath, "shard-*"), .. Directory.GetFiles(Path.GetDirectoryName(_f.Settings.LogStorePath)!, "logs.db*")];
        Assert.Equal(6, files.Length); // each with its write-ahead log
        Assert.All(files, static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_f.Settings.EventStorePath));
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-110")]
    public void LogStore_UnderAFlood_IsCheckpointed_SoThatItsLogStaysShort()
    {
        Daemon daemon = _f.Start();
        byte[] line = Line(60_000);
        for (int i = 0; i < 400; i++)
        {
            _f.Log(line);
        }

        EventdFixture.Until(() => daemon.Logs.Stored == 400, "24 MB of logs");
        Assert.InRange(new FileInfo(_f.Settings.LogStorePath + "-wal").Length, 1, 16_000_000);
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-203", "EVT-206")]
    public void Answer_HalfTaken_HoldsUpNoWriter_AndIsWholeInTheEnd()
    {
        Daemon daemon = _f.Start();
        for (int i = 0; i < 5000; i++)
        {
            _f.Rings[0].Emit("e", new byte[1000]);
        }

        EventdFixture.Until(() => daemon.StoredEvents > 5000, "the events");
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS e SELECT payload");
        Dictionary<string, object?> message = EventdFixture.Receive(socket)!;
        int records = ((List<object?>)message["records"]!).Count;
        Assert.InRange(records, 1, 1000); // as it is read, not as a whole
        _f.Rings[0].Emit("later", [1]);
        EventdFixture.Until(() => _f.Rows("SELECT 1 FROM events WHERE event_type = 'later'").Count == 1, "a commit beside the reader");
        while ((string)(message = EventdFixture.Receive(socket)!)["status"]! == "ok")
        {
            records += ((List<object?>)message["records"]!).Count;
        }

        Assert.Equal(5000, records); // no limit that was not asked for
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-244", "EVT-271")]
    public void Filter_OfEndlessTypesAndFields_RemembersFew()
    {
        using IAccessSubject subject = _f.Judge.Open(new Fd(-1)).TryGet(out IAccessSubject? s) ? s : throw new InvalidOperationException();
        byte[] byField = Sddl("(OA;;0x1;341d2267-b9db-536b-b36c-94ab6cd47e4c;;SY)");
        _f.Security.Set(DataKind.Events, new GuardedPattern("*", byField), new GuardedPattern("plain", Sddl("(A;;0x1;;;SY)")));
        RecordFilter filter = new(_f.Security, subject, DataKind.Events);
        for (int i = 0; i < 5000; i++)
        {
            byte[] name = System.Text.Encoding.ASCII.GetBytes($"plain.{i}");
            Assert.True(filter.Look(name, default).Visible);
            byte[] field = [0x81, (byte)(0xa0 | name.Length), .. name, 1];
            Assert.True(filter.Look(System.Text.Encoding.ASCII.GetBytes($"t{i}"), field).Visible);
        }

        Assert.True(filter.Look(new byte[60_000], default).Visible);
        Assert.InRange(filter.Remembered, 1, 2048);
    }

    [Fact]
    [Rule("EVT-205", "EVT-206")]
    public void Client_ThatTakesItsAnswerSlowly_LosesItWithItsTime()
    {
        _f.Settings = _f.Settings with { QueryTimeoutMs = 1000 };
        Daemon daemon = _f.Start();
        for (int i = 0; i < 200; i++)
        {
            _f.Rings[0].Emit("large", new byte[60_000]);
        }

        EventdFixture.Until(() => daemon.StoredEvents > 200, "all events");
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS large");
        int taken = 0;
        byte[] part = new byte[60_000];
        using ManualResetEventSlim never = new(false);
        while (Polling.Wait(socket.Fd, Polling.Readable, 60000).Ok && socket.Receive(part).TryGet(out int n) && n > 0)
        {
            taken += n;
            _ = never.Wait(100); // a slow client is what is tested: the answer would take it twenty times its limit
        }

        Assert.InRange(taken, 1, 1_600_000); // of 12 million; SQLite alone looks at the clock every few dozen rows, 2 million
        _f.Stop(daemon);
    }

    private static byte[] Sddl(string aces)
    {
        Assert.True(Peios.Security.Sddl.TryParse("O:SYG:SYD:" + aces, out byte[] bytes, out _));
        return bytes;
    }
}
