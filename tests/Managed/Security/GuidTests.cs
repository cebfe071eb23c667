// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class GuidTests
{
    private static readonly byte[] Bytes = [4, 3, 2, 1, 6, 5, 8, 7, 9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10];

    [Fact, Rule("KACS-FMT-004"), Rule("KACS-FMT-005")]
    public void Guid_OfBytes_HasTheSheetsText() =>
        Assert.Equal("{01020304-0506-0708-090a-0b0c0d0e0f10}", GuidText.Format(new Guid(Bytes)));

    [Theory, Rule("KACS-FMT-006")]
    [InlineData("{01020304-0506-0708-090a-0b0c0d0e0f10}")]
    [InlineData("01020304-0506-0708-090a-0b0c0d0e0f10")]
    [InlineData("{01020304-0506-0708-090A-0B0C0D0E0F10}")]
    public void Guid_InAnyForm_IsRead(string text)
    {
        Assert.True(GuidText.TryParse(text, out Guid guid));
        Assert.Equal(Bytes, guid.ToByteArray());
    }

    [Theory, Rule("KACS-FMT-006")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("0102030405060708090a0b0c0d0e0f10")]
    [InlineData("(01020304-0506-0708-090a-0b0c0d0e0f10)")]
    [InlineData("{01020304-0506-0708-090a-0b0c0d0e0f10")]
    [InlineData("01020304-0506-0708-090a-0b0c0d0e0f10}")]
    [InlineData("{{01020304-0506-0708-090a-0b0c0d0e0f10}}")]
    [InlineData("1020304-0506-0708-090a-0b0c0d0e0f101")]
    [InlineData("010203040-506-0708-090a-0b0c0d0e0f10")]
    [InlineData("01020304-0506-0708-090a-0b0c0d0e0f1")]
    [InlineData("01020304-0506-0708-090a-0b0c0d0e0f100")]
    [InlineData("0x020304-0506-0708-090a-0b0c0d0e0f10")]
    [InlineData("+1020304-0506-0708-090a-0b0c0d0e0f10")]
    [InlineData("01020304-0506-0708-090a-0b0c0d0e0f1g")]
    [InlineData(" 1020304-0506-0708-090a-0b0c0d0e0f10")]
    [InlineData("01020304-0506-0708-090a-0b0c0d0e0f1\u0661")]
    public void Guid_OfAnotherShape_IsRefused(string text) => Assert.False(GuidText.TryParse(text, out _));

    [Theory, Rule("KACS-FMT-159")]
    [InlineData("{01020304-0506-0708-090a-0b0c0d0e0f10}")]
    [InlineData("0x020304-0506-0708-090a-0b0c0d0e0f10")]
    public void Sddl_GuidInAnotherForm_IsRefused(string guid)
    {
        Assert.False(Sddl.TryParse($"D:(OA;;CC;{guid};;WD)", default, out _, out SddlError error));
        Assert.Equal(10, error.Position);
    }

    [Theory, Rule("KACS-FMT-034")]
    [InlineData("internetClient", "S-1-15-3-826903038-4088651427-2531913383-3073123856-2738830674-695611600-1126706662-3742920135")]
    [InlineData("\u00dcber", "S-1-15-3-2738008882-4063432169-3217038117-658783847-1461996221-1929983479-3859062804-2465444999")]
    public void CapabilitySid_OfAName_IsItsHash(string name, string sid) => Assert.Equal(sid, CapabilitySid.Of(name).ToString());

    /// <summary>One block, two blocks for the padding alone, several.</summary>
    [Theory, Rule("KACS-FMT-034")]
    [InlineData('x', 55, "S-1-15-3-1753604821-3236942908-1545208365-2487615842-100757-3899748189-4203284894-1916829383")]
    [InlineData('a', 64, "S-1-15-3-4266975487-1842077818-4181351622-156376502-495270388-2768977332-3744953241-3949479445")]
    [InlineData('y', 200, "S-1-15-3-3569330572-180314429-3086030002-1194832223-2263721373-1890912989-3950050004-1757582357")]
    public void CapabilitySid_OfALongName_IsItsHash(char letter, int count, string sid) =>
        Assert.Equal(sid, CapabilitySid.Of(new string(letter, count)).ToString());
}
