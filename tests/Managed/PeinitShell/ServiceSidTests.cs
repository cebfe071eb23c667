// SPDX-License-Identifier: MIT
using Peios.Security;
using Xunit;

namespace Peios.Tests.PeinitShell;

public class ServiceSidTests
{
    [Theory]
    [Rule("PEINIT-127")]
    [Rule("KACS-FMT-035")]
    [Rule("AUTH-044")]
    [InlineData("registryd", "S-1-5-80-3593071732-1666014828-967506459-673618303-1085857884")]
    [InlineData("jellyfin", "S-1-5-80-1703982269-1829404860-3597279263-2390199843-3166537581")]
    [InlineData("JellyFin", "S-1-5-80-1703982269-1829404860-3597279263-2390199843-3166537581")]
    [InlineData("mount:/data", "S-1-5-80-1462458524-2467245217-571513799-2217040827-1861716526")]
    [InlineData("TrustedInstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")]
    [InlineData("loregd", "S-1-5-80-4215148533-355295714-4226961543-3550463353-2307338297")]
    [InlineData("web", "S-1-5-80-1383863778-2095761348-1244748870-4240415300-1856875951")]
    public void Of_Name_MatchesVector(string name, string expected) => Assert.Equal(expected, ServiceSid.Of(name).ToString());
}
