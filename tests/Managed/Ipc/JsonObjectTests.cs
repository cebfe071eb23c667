// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

public class JsonObjectTests
{
    [Theory]
    [Rule("AUTH-005")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":[\"\\udc00\"]}")]
    [InlineData("{\"a\":1 /* c */}")]
    public void TryParse_NoSingleObject_Refused(string text) =>
        Assert.False(JsonObject.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));

    [Theory]
    [Rule("AUTH-005")]
    [InlineData("7b2261223a22ff227d")]
    [InlineData("7b2261223a22c080227d")]
    [InlineData("efbbbf7b7d")]
    [InlineData("7b2261223a22eda080227d")]
    public void TryParse_NoUtf8_Refused(string hex) =>
        Assert.False(JsonObject.TryParse(Convert.FromHexString(hex), out _, out _));

    [Theory]
    [Rule("AUTH-002")]
    [InlineData(15, true)]
    [InlineData(16, false)]
    [InlineData(5000, false)]
    public void TryParse_Nesting_SixteenLevelsWithTheObject(int arrays, bool accepted)
    {
        string text = "{\"a\":" + new string('[', arrays) + new string(']', arrays) + "}";
        Assert.Equal(accepted, JsonObject.TryParse(Encoding.UTF8.GetBytes(text), out _, out bool tooDeep));
        Assert.Equal(!accepted, tooDeep);
    }

    [Fact]
    public void Fields_EveryKind_ComeBack()
    {
        JsonObject o = Parse("""{"s":"a\u00e9\n","t":true,"f":false,"n":null,"i":-5,"u":18446744073709551615,"d":1.5,"l":["x","y"],"o":{"k":1},"p":[{"k":1},{"k":2}]}""");
        Assert.True(o.TryGetString("s", out string s) && s == "a\u00e9\n");
        Assert.True(o.TryGetBoolean("t", out bool t) && t);
        Assert.True(o.TryGetBoolean("f", out bool f) && !f);
        Assert.True(o.TryGetInt64("i", out long i) && i == -5);
        Assert.True(o.TryGetUInt64("u", out ulong u) && u == ulong.MaxValue);
        Assert.True(o.TryGetDouble("d", out double d) && d == 1.5);
        Assert.True(o.TryGetStrings("l", out string[] l) && l.Length == 2 && l[1] == "y");
        Assert.True(o.TryGetObject("o", out JsonObject? nested) && nested!.TryGetInt64("k", out long k) && k == 1);
        Assert.True(o.TryGetObjects("p", out JsonObject[] many) && many[1].TryGetInt64("k", out long k2) && k2 == 2);
        Assert.False(o.Has("n"));
        Assert.True(o.Contains("n"));
    }

    [Theory]
    [InlineData("{\"a\":1.5}")]
    [InlineData("{\"a\":1e2}")]
    [InlineData("{\"a\":9223372036854775808}")]
    [InlineData("{\"a\":\"1\"}")]
    [InlineData("{}")]
    public void TryGetInt64_NoInteger_Refused(string text) => Assert.False(Parse(text).TryGetInt64("a", out _));

    [Theory]
    [InlineData("{\"a\":[1]}")]
    [InlineData("{\"a\":[\"x\",null]}")]
    [InlineData("{\"a\":\"x\"}")]
    public void TryGetStrings_OtherElements_Refused(string text) => Assert.False(Parse(text).TryGetStrings("a", out _));

    [Fact]
    [Rule("AUTH-005")]
    public void TryGetObject_DuplicateKeyInside_Refused() =>
        Assert.False(Parse("""{"a":{"x":1,"x":2}}""").TryGetObject("a", out _));

    [Fact]
    [Rule("AUTH-013")]
    public void Wipe_Secret_LeavesNoText()
    {
        JsonObject o = Parse("""{"password":"hunter2"}""");
        Span<byte> secret = stackalloc byte[16];
        Assert.True(o.TryGetBytes("password", secret, out int length) && length == 7);
        o.Wipe();
        Assert.Equal(0, o.Raw("password").IndexOfAnyExcept((byte)0) + 1);
    }

    private static JsonObject Parse(string text)
    {
        Assert.True(JsonObject.TryParse(Encoding.UTF8.GetBytes(text), out JsonObject? o, out _));
        return o!;
    }
}
