// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class ServiceSidTests
{
    [Theory, Rule("KACS-FMT-035", "PEINIT-127")]
    [InlineData("registryd", "S-1-5-80-3593071732-1666014828-967506459-673618303-1085857884")]
    [InlineData("mount:/data", "S-1-5-80-1462458524-2467245217-571513799-2217040827-1861716526")]
    [InlineData("TrustedInstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")]
    [InlineData("loregd", "S-1-5-80-4215148533-355295714-4226961543-3550463353-2307338297")]
    [InlineData("LOREGD", "S-1-5-80-4215148533-355295714-4226961543-3550463353-2307338297")]
    [InlineData("jellyfin", "S-1-5-80-1703982269-1829404860-3597279263-2390199843-3166537581")]
    public void ServiceSid_OfAName_IsItsHash(string name, string sid)
    {
        Assert.Equal(sid, ServiceSid.Of(name).ToString());
        Assert.True(ServiceSid.IsService(ServiceSid.Of(name)));
    }

    [Theory, Rule("AUTH-044")]
    [InlineData("a", true)]
    [InlineData("über", true)]
    [InlineData("", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u0085b", false)]
    public void ServiceName_OutsideTheForm_IsRefused(string name, bool valid) => Assert.Equal(valid, ServiceSid.IsValidName(name));

    [Fact, Rule("AUTH-044")]
    public void ServiceName_Length_IsCountedInBytes()
    {
        Assert.True(ServiceSid.IsValidName(new string('a', 200)));
        Assert.False(ServiceSid.IsValidName(new string('a', 201)));
        Assert.True(ServiceSid.IsValidName(new string('ü', 100)));
        Assert.False(ServiceSid.IsValidName(new string('ü', 101)));
    }

    [Fact]
    public void ServiceSid_OfEveryLength_AgreesWithTheRuntime()
    {
        // All block boundaries of the hash: one to 130 UTF-16 units.
        for (int length = 1; length <= 130; length++)
        {
            string name = new('X', length);
            byte[] digest = System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.Unicode.GetBytes(name));
            Sid expected = new(5, 80, BitConverter.ToUInt32(digest, 0), BitConverter.ToUInt32(digest, 4), BitConverter.ToUInt32(digest, 8), BitConverter.ToUInt32(digest, 12), BitConverter.ToUInt32(digest, 16));
            Assert.Equal(expected, ServiceSid.Of(name));
        }
    }
}
