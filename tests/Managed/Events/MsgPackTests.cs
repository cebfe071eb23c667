// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using Peios.Events;
using Xunit;

namespace Peios.Tests.Events;

public sealed unsafe class MsgPackTests
{
    private static readonly delegate* unmanaged<byte*, uint, uint*, uint, byte> Valid =
        (delegate* unmanaged<byte*, uint, uint*, uint, byte>)CoreLibrary.Export("pkm_mp_valid");

    private static bool KernelAccepts(ReadOnlySpan<byte> bytes, uint depth)
    {
        uint* open = stackalloc uint[256];
        fixed (byte* p = bytes)
        {
            return Valid(p, (uint)bytes.Length, open, depth) != 0;
        }
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace("-", string.Empty, StringComparison.Ordinal));

    [Fact]
    public void Vectors_EveryEncoding_ReadsBackAndIsValid()
    {
        string? folder = Vectors.Folder("msgpack");
        if (folder is null)
        {
            return;
        }

        int count = 0;
        using JsonDocument suite = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "msgpack-test-suite.json")));
        foreach (JsonProperty file in suite.RootElement.EnumerateObject())
        {
            foreach (JsonElement item in file.Value.EnumerateArray())
            {
                string accepted = item.GetProperty("msgpack").GetRawText();
                foreach (JsonElement encoding in item.GetProperty("msgpack").EnumerateArray())
                {
                    byte[] bytes = Hex(encoding.GetString()!);
                    Assert.True(KernelAccepts(bytes, 32), encoding.GetString());
                    MsgPackReader skip = new(bytes);
                    Assert.True(skip.TrySkip() && skip.AtEnd);
                    foreach (JsonProperty value in item.EnumerateObject())
                    {
                        if (value.Name != "msgpack")
                        {
                            CheckValue(value, bytes, accepted);
                        }
                    }

                    count++;
                }
            }
        }

        Assert.True(count > 150, $"only {count} encodings");
    }

    private static void CheckValue(JsonProperty value, byte[] bytes, string accepted)
    {
        MsgPackReader r = new(bytes);
        MsgPackWriter w = new(new byte[bytes.Length + 64]);
        switch (value.Name)
        {
            case "nil":
                Assert.True(r.TryReadNil());
                w.Nil();
                break;
            case "bool":
                Assert.True(r.TryReadBoolean(out bool flag));
                Assert.Equal(value.Value.GetBoolean(), flag);
                w.Boolean(flag);
                break;
            case "binary":
                Assert.True(r.TryReadBinary(out ReadOnlySpan<byte> binary));
                Assert.Equal(Hex(value.Value.GetString()!), binary.ToArray());
                w.Binary(binary);
                break;
            case "string":
                Assert.True(r.TryReadString(out ReadOnlySpan<byte> text));
                Assert.Equal(value.Value.GetString(), Encoding.UTF8.GetString(text));
                w.String(text);
                break;
            case "number" or "bignum":
                CheckNumber(value.Value, ref r, ref w);
                break;
            case "array":
                Assert.True(r.TryReadArray(out int count));
                Assert.Equal(value.Value.GetArrayLength(), count);
                return;
            case "map":
                Assert.Equal(MsgPackType.Map, r.NextType);
                Assert.True(r.TryReadMap(out _));
                return;
            case "ext" or "timestamp":
                Assert.True(r.TryReadExtension(out _, out _) && r.AtEnd);
                return;
            default:
                return;
        }

        Assert.True(r.AtEnd);
        string written = BitConverter.ToString(w.Written.ToArray());
        Assert.Contains($"\"{written}\"", accepted, StringComparison.OrdinalIgnoreCase);
        Assert.True(w.Length <= bytes.Length || bytes[0] == 0xca); // the shortest but for a float of 32 bits
    }

    private static void CheckNumber(JsonElement value, ref MsgPackReader r, ref MsgPackWriter w)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (r.NextType == MsgPackType.Float)
        {
            Assert.True(r.TryReadDouble(out double d));
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), d);
            w.Double(d);
        }
        else if (text[0] == '-')
        {
            Assert.True(r.TryReadInt64(out long s));
            Assert.Equal(long.Parse(text, CultureInfo.InvariantCulture), s);
            w.Int64(s);
        }
        else
        {
            Assert.True(r.TryReadUInt64(out ulong u));
            Assert.Equal(ulong.Parse(text, CultureInfo.InvariantCulture), u);
            w.UInt64(u);
        }
    }

    [Theory]
    [Rule("KMES-025", "KMES-027")]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("0101")] // a byte after the value
    [InlineData("91")] // element missing
    [InlineData("8101")] // value missing
    [InlineData("a2 61")]
    [InlineData("d9")]
    [InlineData("d9 05 61")]
    [InlineData("dd ffffffff")] // array of 2^32-1
    [InlineData("df ffffffff 01 01")]
    [InlineData("c6 ffffffff")]
    [InlineData("c9 ffffffff 01")]
    [InlineData("cf 00")]
    [InlineData("cb 00000000000000")]
    [InlineData("d8 01 00")]
    [InlineData("de 7fff")]
    public void Malformed_IsRefusedByBoth(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        Assert.False(KernelAccepts(bytes, 256));
        MsgPackReader r = new(bytes);
        Assert.False(r.TrySkip() && r.AtEnd);
    }

    [Theory]
    [Rule("KMES-028")]
    [InlineData(0, 0, true)] // a scalar has depth 0
    [InlineData(4, 4, true)]
    [InlineData(5, 4, false)]
    [InlineData(256, 256, true)]
    [InlineData(257, 256, false)]
    public void Depth_IsCountedInOpenContainers(int nesting, uint limit, bool accepted)
    {
        byte[] bytes = new byte[nesting + 1];
        bytes.AsSpan().Fill(0x91);
        bytes[nesting] = 0xc0;
        Assert.Equal(accepted, KernelAccepts(bytes, limit));
        if (nesting > 0)
        {
            bytes[nesting] = 0x90; // an empty container counts too
            Assert.Equal(nesting + 1 <= limit, KernelAccepts(bytes, limit));
        }
    }

    [Fact]
    public void RandomBytes_ReaderAndKernelAgree()
    {
        Random random = new(20261120);
        byte[] bytes = new byte[40];
        int accepted = 0;
        for (int i = 0; i < 200_000; i++)
        {
            Span<byte> s = bytes.AsSpan(0, 1 + random.Next(bytes.Length));
            random.NextBytes(s);
            if (i % 2 == 0)
            {
                s[0] = (byte)(0x80 | random.Next(0x60)); // containers, strings, tagged forms
            }

            MsgPackReader r = new(s);
            bool here = r.TrySkip() && r.AtEnd;
            Assert.Equal(here, KernelAccepts(s, 256));
            accepted += here ? 1 : 0;
        }

        Assert.True(accepted > 100);
    }

    [Fact]
    public void Writer_WithoutRoom_YieldsNothing()
    {
        MsgPackWriter w = new(new byte[4]);
        w.Map(1);
        w.String("key"u8);
        Assert.False(w.Ok);
        Assert.True(w.Written.IsEmpty);
        w.Nil();
        Assert.True(w.Written.IsEmpty);
    }

    [Fact]
    public void Integers_AtEveryBoundary_KeepTheirValue()
    {
        foreach (long v in new[] { 0, 127, 128, 255, 256, 65535, 65536, uint.MaxValue, (long)uint.MaxValue + 1, long.MaxValue, -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, (long)int.MinValue - 1, long.MinValue })
        {
            MsgPackWriter w = new(new byte[16]);
            w.Int64(v);
            MsgPackReader r = new(w.Written);
            Assert.True(r.TryReadInt64(out long back) && r.AtEnd);
            Assert.Equal(v, back);
            MsgPackReader u = new(w.Written);
            Assert.Equal(v >= 0, u.TryReadUInt64(out _));
        }
    }
}
