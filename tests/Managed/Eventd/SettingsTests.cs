// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Eventd;
using Peios.Registry;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class SettingsTests : IDisposable
{
    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    [Theory]
    [Rule("EVT-276")]
    [InlineData("StorageShards", 0, 0, 256)]
    [InlineData("MaxBatchSize", 10000, 100, 100000)]
    [InlineData("MaxBatchLatencyMs", 100, 10, 5000)]
    [InlineData("LogMaxBatchSize", 5000, 100, 100000)]
    [InlineData("LogMaxBatchLatencyMs", 500, 10, 5000)]
    [InlineData("AdaptiveIndexWindowHours", 24, 1, 168)]
    [InlineData("AdaptiveIndexPolicyIntervalMinutes", 60, 60, 1440)]
    [InlineData("AdaptiveIndexCreateThreshold", 100, 10, 10000)]
    [InlineData("AdaptiveIndexDropThreshold", 10, 1, 1000)]
    [InlineData("SheddingWindowSeconds", 30, 10, 300)]
    [InlineData("SheddingBatchPercent", 75, 50, 100)]
    [InlineData("EmergencySheddingBufferPercent", 75, 50, 95)]
    [InlineData("EventRetentionDays", 30, 1, 3650)]
    [InlineData("EventRetentionMaxBytes", 0, 0, ulong.MaxValue)]
    [InlineData("LogRetentionDays", 14, 1, 3650)]
    [InlineData("LogRetentionMaxBytes", 0, 0, ulong.MaxValue)]
    [InlineData("RetentionCheckIntervalMinutes", 60, 1, 1440)]
    [InlineData("QueryTimeoutMs", 30000, 1000, 300000)]
    [InlineData("MaxConcurrentQueries", 128, 1, 4096)]
    [InlineData("MaxStreamingQueries", 64, 1, 1024)]
    [InlineData("MaxQueryMessageBytes", 65536, 1024, 16777216)]
    public void Tunable_HasTheSheetsDefaultAndRange(string name, ulong standard, ulong least, ulong most)
    {
        Tunable tunable = Assert.Single(Tunable.All, t => t.Name == name);
        Assert.Equal(standard, tunable.Get(_f.Settings));
        Assert.Equal((least, most), (tunable.Least, tunable.Most));
        Assert.Equal(most / 2, tunable.Get(tunable.With(_f.Settings, most / 2)) | (most == ulong.MaxValue ? 0 : most / 2));
    }

    [Theory]
    [Rule("EVT-272")]
    [InlineData("MaxBatchSize", 100u, true)]
    [InlineData("MaxBatchSize", 99u, false)]
    [InlineData("MaxBatchSize", 100000u, true)]
    [InlineData("MaxBatchSize", 100001u, false)]
    [InlineData("EventRetentionMaxBytes", 5u, false)] // a DWORD where a QWORD belongs
    public void Tunable_OutOfRangeOrOfAnotherType_IsInvalid(string name, uint value, bool valid)
    {
        Tunable tunable = Assert.Single(Tunable.All, t => t.Name == name);
        Assert.Equal(valid, SettingsReader.IsValid(tunable, RegistryValue.FromDword(value), out _));
        Assert.False(SettingsReader.IsValid(tunable, RegistryValue.FromString("5000"), out _));
        Assert.Equal(tunable.Large, SettingsReader.IsValid(tunable, RegistryValue.FromQword(5000), out _));
    }

    [Fact]
    [Rule("EVT-059")]
    public void Thresholds_ThatWouldFlicker_StayAsTheyAre()
    {
        Settings bad = _f.Settings with { AdaptiveIndexCreateThreshold = 20, AdaptiveIndexDropThreshold = 20 };
        Assert.Equal(_f.Settings, SettingsReader.Consistent(bad, _f.Settings));
        Settings good = bad with { AdaptiveIndexDropThreshold = 19 };
        Assert.Equal(good, SettingsReader.Consistent(good, _f.Settings));
    }

    [Fact]
    [Rule("EVT-039", "EVT-041", "EVT-274", "EVT-275")]
    public void Change_AtRunTime_HoldsAtOnceAndIsRecorded()
    {
        Daemon daemon = _f.Start();
        daemon.Apply(_f.Settings with { MaxConcurrentQueries = 77, EventRetentionMaxBytes = 1UL << 40 });
        Assert.Equal(77, daemon.Settings.Current.MaxConcurrentQueries);
        EventdFixture.Until(() => _f.Query("EVENTS synthetic.config_change").Count == 2, "two records");
        Dictionary<string, object?> record = _f.Query("EVENTS synthetic.config_change WHERE timestamp > 0 SORT timestamp, event_type")[0];
        Assert.Null(record["cpu_id"]);
        Assert.Null(record["sequence"]);
        HashSet<object?> keys = [];
        foreach (Dictionary<string, object?> change in _f.Query("EVENTS synthetic.config_change"))
        {
            keys.Add((change["key"], change["old_value"], change["new_value"]));
        }

        Assert.Contains(((object?)"MaxConcurrentQueries", (object?)128L, (object?)77L), keys);
        Assert.Contains(((object?)"EventRetentionMaxBytes", (object?)0L, (object?)(1L << 40)), keys);
        daemon.Apply(daemon.Settings.Current);
        _f.Stop(daemon);
        Assert.Equal(["2"], _f.Rows("SELECT count(*) FROM events WHERE event_type='synthetic.config_change'"));
    }

    [Fact]
    [Rule("EVT-021", "EVT-274")]
    public void Change_OfTheShardCount_WaitsForTheNextStart()
    {
        Daemon daemon = _f.Start();
        daemon.Apply(_f.Settings with { StorageShards = 2 });
        Assert.Equal(0, daemon.Settings.Current.StorageShards);
        _f.Stop(daemon);
        Assert.Equal(["0"], _f.Rows("SELECT count(*) FROM events WHERE event_type='synthetic.config_change'"));
    }
}
