// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Eventd;
using Eventd.Retention;
using Peios.Interop;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class RetentionTests : IDisposable
{
    private readonly EventdFixture _f = new(capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    private List<string> Types() => _f.Rows("SELECT event_type FROM events WHERE sequence IS NOT NULL ORDER BY id");

    private RetentionThread Retention() => new(
        new LiveSettings(_f.Settings),
        () => [.. Array.ConvertAll(
            Directory.GetFiles(_f.Settings.EventStorePath, "*.db"),
            static path => new RetentionTarget(path, "events", new object(), static () => false))],
        new RetentionTarget(_f.Settings.LogStorePath, "logs", new object(), static () => false));

    [Fact]
    [Rule("EVT-078", "EVT-079", "EVT-080", "EVT-083", "EVT-085")]
    public void Pass_DeletesWhatIsOlderThanTheLimit()
    {
        Daemon daemon = _f.Start();
        ulong now = Clock.Realtime;
        const ulong Day = 86_400_000_000_000;
        for (int i = 0; i < 2500; i++)
        {
            _f.Rings[0].Emit("old", [1], now - (31 * Day));
        }

        _f.Rings[0].Emit("young", [1], now - (29 * Day));
        EventdFixture.Until(() => Types().Count == 2501, "all events");
        _f.Stop(daemon);
        string file = Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
        long size = new FileInfo(file).Length;
        Retention().Pass();
        Assert.Equal(["young"], Types());
        Assert.True(new FileInfo(file).Length >= size); // freed pages stay for the next rows
    }

    [Fact]
    [Rule("EVT-082")]
    public void Pass_OverTheSize_DeletesTheOldestUntilUsedPagesFit()
    {
        _f.Settings = _f.Settings with { EventRetentionMaxBytes = 200_000, EventRetentionDays = 3650 };
        Daemon daemon = _f.Start();
        ulong now = Clock.Realtime;
        for (int i = 0; i < 6000; i++)
        {
            _f.Rings[0].Emit(i < 3000 ? "a" : "b", new byte[100], now + (ulong)i);
        }

        EventdFixture.Until(() => Types().Count == 6000, "all events");
        _f.Stop(daemon);
        Retention().Pass();
        List<string> left = Types();
        Assert.NotEmpty(left);
        Assert.DoesNotContain("a", left);
    }
}
