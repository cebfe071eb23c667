// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Eventd;
using Eventd.Access;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Security;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class BatchTests : IDisposable
{
    private readonly EventdFixture _f = new(capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    [Fact]
    [Rule("EVT-018", "EVT-026", "EVT-028")]
    public void Batch_NeverExceedsItsSize()
    {
        _f.Settings = _f.Settings with { MaxBatchSize = 100 };
        Daemon daemon = _f.Start();
        lock (daemon.Writers[0].Gate)
        {
            for (int i = 0; i < 3000; i++)
            {
                _f.Rings[0].Emit("e", [1]);
            }
        }

        EventdFixture.Until(() => _f.Rows("SELECT 1 FROM events WHERE event_type = 'e'").Count == 3000, "all events");
        Assert.True(daemon.Writers[0].Commits >= 30, $"{daemon.Writers[0].Commits} commits");
        Assert.True(daemon.Writers[0].LargestBatch <= 100, $"{daemon.Writers[0].LargestBatch} rows in one");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-024", "EVT-025")]
    public void Event_Alone_IsCommittedWithoutWaitingForMore()
    {
        _f.Settings = _f.Settings with { MaxBatchLatencyMs = 5000 };
        Daemon daemon = _f.Start();
        for (int i = 0; i < 5; i++)
        {
            _f.Rings[0].Emit("e", [1]);
            int wanted = i + 1;
            EventdFixture.Until(() => _f.Rows("SELECT 1 FROM events WHERE event_type = 'e'").Count == wanted, "the event");
        }

        Assert.True(daemon.Writers[0].Commits >= 5);
        _f.Stop(daemon);
    }

    [Theory]
    [Rule("EVT-027", "EVT-029")]
    [InlineData(1.0, 1, 1000.0, 0)] // rare events: now
    [InlineData(5.0, 3, 1000.0, 0)]
    [InlineData(10.0, 4000, 10.0, 10)] // 400 a millisecond: as long as a commit costs
    public void Pacer_WeighsArrivalsAgainstTheCostOfACommit(double commitMs, int events, double sinceMs, int expected)
    {
        BatchPacer pacer = new();
        for (int i = 0; i < 50; i++)
        {
            pacer.Committed(commitMs, events, sinceMs);
        }

        Assert.InRange(pacer.Linger(0, 100), expected == 0 ? 0 : expected - 1, expected);
        Assert.Equal(0, pacer.Linger(100, 100)); // never beyond the latency
    }

    [Fact]
    [Rule("EVT-027")]
    public void Pacer_OneOddCommit_DoesNotTurnItAround()
    {
        BatchPacer pacer = new();
        for (int i = 0; i < 50; i++)
        {
            pacer.Committed(10, 4000, 10);
        }

        int before = pacer.Linger(0, 100);
        pacer.Committed(1, 1, 1000);
        Assert.InRange(pacer.Linger(0, 100), before / 2, before);
    }

    [Fact]
    [Rule("EVT-031")]
    public void Log_IsCheckpointed_SoThatItDoesNotGrowWithTheStore()
    {
        Daemon daemon = _f.Start();
        int stored = 0;
        for (int round = 0; round < 40; round++)
        {
            for (int i = 0; i < 300; i++)
            {
                _f.Rings[0].Emit("e", new byte[3000]);
            }

            stored += 300;
            EventdFixture.Until(() => daemon.StoredEvents >= (ulong)stored, "the round");
        }

        string shard = Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
        Assert.True(new FileInfo(shard).Length > 25_000_000, "rows are in the database");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-040", "EVT-087")]
    public void GapRecord_IsInTheShardOfItsCpu()
    {
        using EventdFixture f = new(cpus: 2);
        Daemon daemon = f.Start();
        f.Rings[1].Emit("too large", new byte[600_000]);
        f.Rings[1].Emit("e", [1]);
        string shard = Path.Combine(f.Settings.EventStorePath, "shard-0001.db");
        EventdFixture.Until(() => f.Rows("SELECT cpu_id FROM events WHERE event_type = 'synthetic.gap'", shard).Count == 1, "the record");
        Assert.Equal(["1"], f.Rows("SELECT cpu_id FROM events WHERE event_type = 'synthetic.gap'"));
        // Number, boot and CPU together are unique (EVT-087).
        Assert.Equal(["2|2"], f.Rows("SELECT count(*), count(DISTINCT boot_id || cpu_id || coalesce(sequence, 0)) FROM events WHERE cpu_id = 1", shard));
        f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-086")]
    public void BootId_IsPeinits_ElseTheKernels()
    {
        string? before = Environment.GetEnvironmentVariable(BootId.Variable);
        try
        {
            Environment.SetEnvironmentVariable(BootId.Variable, "0badcafe-0000-1111-2222-333344445555");
            Assert.Equal(new Guid("0badcafe-0000-1111-2222-333344445555"), BootId.Get().TryGet(out Guid id) ? id : default);
            Environment.SetEnvironmentVariable(BootId.Variable, "nonsense");
            Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), BootId.Get().TryGet(out id) ? id.ToString() : "");
        }
        finally
        {
            Environment.SetEnvironmentVariable(BootId.Variable, before);
        }
    }

    [Fact]
    [Rule("EVT-223")]
    public void Rights_AreTheSheets()
    {
        Assert.Equal(1u, KacsJudge.Read);
        Assert.Equal(new GenericMapping(0x00020001, 0x00020002, 0x00020001, 0x000F0003), KacsJudge.Mapping);
    }

    [Theory]
    [Rule("EVT-229")]
    [InlineData((int)DataKind.Events, "S-1-5-18 S-1-5-32-544")]
    [InlineData((int)DataKind.Logs, "S-1-5-18 S-1-5-32-544 S-1-5-11")]
    public void DefaultDescriptors_GrantReadToTheSheetsPrincipals(int kind, string principals)
    {
        GuardedPattern guard = SecurityCatalogue.Default()[(DataKind)kind].Find("anything.at.all")!;
        Assert.Equal("*", guard.Pattern);
        Assert.True(SecurityDescriptor.TryRead(guard.Descriptor, out SecurityDescriptor sd));
        Assert.True(AclReader.TryRead(sd.Dacl, out AclReader acl));
        List<string> granted = [];
        while (acl.MoveNext(out Ace ace))
        {
            Assert.Equal((AceType.AccessAllowed, 1u), (ace.Type, ace.Mask));
            granted.Add(ace.Sid.ToString());
        }

        Assert.Equal(principals, string.Join(' ', granted));
    }

    [Fact]
    [Rule("EVT-090", "EVT-214", "EVT-248", "EVT-250")]
    public void Sockets_AreAtTheirPaths_OpenToEverybody_OverStaleFiles()
    {
        File.WriteAllText(_f.Settings.LogSocketPath, "stale");
        File.WriteAllText(_f.Settings.QuerySocketPath, "stale");
        Daemon daemon = _f.Start();
        foreach (string path in (string[])[_f.Settings.LogSocketPath, _f.Settings.QuerySocketPath])
        {
            Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(path) == (UnixFileMode)0x1b6);
        }

        Assert.Empty(_f.Query("LOGS"));
        _f.Stop(daemon);
    }
}
