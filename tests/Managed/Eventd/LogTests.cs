// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Eventd;
using Peios.Events;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class LogTests : IDisposable
{
    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    private static ReadOnlySpan<byte> Record(ref MsgPackWriter w, string origin, bool error, string message, ulong time = 0)
    {
        w.Map(time == 0 ? 4 : 5);
        w.String("origin"u8);
        w.String(origin);
        w.String("is_error"u8);
        w.Boolean(error);
        w.String("job_id"u8); // unknown: ignored
        w.Nil();
        w.String("message"u8);
        w.String(message);
        if (time != 0)
        {
            w.String("timestamp"u8);
            w.UInt64(time);
        }

        return w.Written;
    }

    private List<string> Rows() => _f.Rows("SELECT timestamp,origin,is_error,message FROM logs ORDER BY id", _f.Settings.LogStorePath);

    [Fact]
    [Rule("EVT-091", "EVT-096", "EVT-107")]
    public void Datagram_MapAndArray_AreStored()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter one = new(new byte[200]);
        _f.Log(Record(ref one, "redis", true, "kaputt ❌", 77));
        MsgPackWriter two = new(new byte[400]);
        two.Array(2);
        Record(ref two, "nginx", false, "a", 1);
        _f.Log(Record(ref two, "nginx", false, "b", 2));
        EventdFixture.Until(() => Rows().Count == 3, "three records");
        Assert.Equal(["77|redis|1|kaputt ❌", "1|nginx|0|a", "2|nginx|0|b"], Rows());
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-097", "EVT-098", "EVT-099", "EVT-100")]
    public void Datagram_Bad_IsDroppedAndItsNeighboursStay()
    {
        Daemon daemon = _f.Start();
        _f.Log([0xc1]);
        _f.Log([0xdd, 0xff, 0xff, 0xff, 0xff]);
        _f.Log([0x81]);
        _f.Log([0x01]);
        _f.Log([0x80]); // a map without keys
        byte[] random = new byte[300];
        for (int i = 0; i < 200; i++)
        {
            new Random(i).NextBytes(random);
            _f.Log(random);
        }

        MsgPackWriter w = new(new byte[600]);
        w.Array(4);
        Record(ref w, "a", false, "good one", 1);
        w.Map(1);
        w.String("origin"u8);
        w.Int64(5); // wrong type
        w.Nil(); // no map
        Record(ref w, "a", false, "good two", 2);
        _f.Log(w.Written);
        EventdFixture.Until(() => Rows().Count == 2, "the good ones");
        Assert.Equal(["1|a|0|good one", "2|a|0|good two"], Rows());
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-097")]
    public void Datagram_WithTextThatIsNotUtf8_IsDropped()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[200]);
        w.Map(3);
        w.String("origin"u8);
        w.String("x"u8);
        w.String("is_error"u8);
        w.Boolean(false);
        w.String("message"u8);
        w.String([0xff, 0xfe]);
        _f.Log(w.Written);
        MsgPackWriter good = new(new byte[200]);
        _f.Log(Record(ref good, "x", false, "ok", 9));
        EventdFixture.Until(() => Rows().Count == 1, "the good one");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-254")]
    public void Stop_StoresWhatIsInTheSocket()
    {
        Daemon daemon = _f.Start();
        for (int i = 0; i < 10; i++)
        {
            MsgPackWriter w = new(new byte[200]);
            _f.Log(Record(ref w, "x", false, $"line {i}", 5));
        }

        _f.Stop(daemon);
        Assert.Equal(10, Rows().Count);
    }

    [Fact]
    [Rule("EVT-267")]
    public void DamagedStore_IsSetAside()
    {
        File.WriteAllText(_f.Settings.LogStorePath, new string('x', 5000));
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[200]);
        _f.Log(Record(ref w, "x", false, "ok", 9));
        EventdFixture.Until(() => Rows().Count == 1, "a record");
        Assert.True(File.Exists(_f.Settings.LogStorePath + ".damaged"));
        _f.Stop(daemon);
    }
}
