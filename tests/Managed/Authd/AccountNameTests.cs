// SPDX-License-Identifier: MIT
using Authd.Sources;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Authd;

public class AccountNameTests
{
    [Theory, Rule("AUTH-025", "AUTH-026", "AUTH-027")]
    [InlineData("", "Builtin", "S-1-5-19")]
    [InlineData("LocalService", "Builtin", "S-1-5-19")]
    [InlineData("local service", "Builtin", "S-1-5-19")]
    [InlineData("NT AUTHORITY\\LocalService", "Builtin", "S-1-5-19")]
    [InlineData("nt authority\\network service", "Builtin", "S-1-5-20")]
    [InlineData("S-1-5-20", "Builtin", "S-1-5-20")]
    [InlineData("SYSTEM", "Forbidden", "S-1-5-18")]
    [InlineData("S-1-5-18", "Forbidden", "S-1-5-18")]
    [InlineData("Anonymous", "Forbidden", "S-1-5-7")]
    [InlineData("Everyone", "Forbidden", "S-1-1-0")]
    [InlineData("BUILTIN\\Administrators", "Forbidden", "S-1-5-32-544")]
    [InlineData("S-1-5-32-544", "Forbidden", "S-1-5-32-544")]
    [InlineData("S-1-5-80-1-2-3-4-5", "Forbidden", "S-1-5-80-1-2-3-4-5")]
    [InlineData("S-1-16-16384", "Forbidden", "S-1-16-16384")]
    [InlineData("S-1-5-21-1-2-3-1000", "Local", "S-1-5-21-1-2-3-1000")]
    [InlineData("S-1-5-21-1-2-3", "Forbidden", "S-1-5-21-1-2-3")]
    public void Name_OfAWellKnownAccountOrSid_HasOneSource(string text, string kind, string sid)
    {
        AccountName name = AccountName.Route(text);
        Assert.Equal((kind, sid), (name.Kind.ToString(), name.Sid.ToString()));
    }

    [Theory, Rule("AUTH-025")]
    [InlineData("alice", "Local", "alice")]
    [InlineData("LOCAL\\alice", "Local", "alice")]
    [InlineData("local\\alice", "Local", "alice")]
    [InlineData(".\\alice", "Local", "alice")]
    [InlineData("Users", "Local", "Users")]
    [InlineData("CORP\\alice", "Domain", "alice")]
    [InlineData("alice@corp.example", "Domain", "alice@corp.example")]
    [InlineData("\\alice", "Malformed", "\\alice")]
    [InlineData("CORP\\", "Malformed", "CORP\\")]
    [InlineData("A\\B\\C", "Malformed", "A\\B\\C")]
    [InlineData("NT AUTHORITY\\alice", "Malformed", "NT AUTHORITY\\alice")]
    [InlineData("ali\nce", "Malformed", "ali\nce")]
    public void Name_OfAnAccount_IsRoutedByItsForm(string text, string kind, string bare)
    {
        AccountName name = AccountName.Route(text);
        Assert.Equal((kind, bare, true), (name.Kind.ToString(), name.Name, name.Sid.IsNone));
    }

    [Fact]
    public void Name_OverlyLong_IsMalformed() => Assert.Equal(AccountKind.Malformed, AccountName.Route(new string('a', 257)).Kind);
}
