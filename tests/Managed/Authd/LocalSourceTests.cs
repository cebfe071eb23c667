// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Authd;
using Authd.Commands;
using Authd.Minting;
using Authd.Sources;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Authd;

public class LocalSourceTests
{
    private const string Record =
        "{\"sid\":\"S-1-5-21-1-2-3-1002\",\"name\":\"media\",\"kind\":\"service\",\"flags\":[\"DISABLED\"],\"uid\":1002,\"gid\":513," +
        "\"primary_group\":\"S-1-5-21-1-2-3-513\",\"audit_policy\":255,\"expires_at\":\"2030-01-02T03:04:05.000006Z\"," +
        "\"groups\":[{\"sid\":\"S-1-5-32-545\",\"posix_id\":545},{\"sid\":\"S-1-5-21-1-2-3-1003\",\"posix_id\":null}]}";

    [Fact, Rule("AUTH-029", "AUTH-030")]
    public void Record_OfLpsd_BecomesAPrincipal()
    {
        Principal principal = LocalSource.ReadPrincipal(Parse(Record))!;
        Assert.Equal(("S-1-5-21-1-2-3-1002", "media", true, true), (principal.Sid.ToString(), principal.Name, principal.IsService, principal.IsDisabled));
        Assert.Equal((1002u, 513u, 513u, 15u), (principal.Uid, principal.PrimaryGroupId, principal.PrimaryGroup.Rid, principal.AuditPolicy));
        Assert.Equal(1893553445000006000UL, principal.ExpiresAt);
        Assert.Equal([new ResolvedGroup(WellKnownSids.Users, 545), new ResolvedGroup(new Sid(5, 21, 1, 2, 3, 1003), null)], principal.Groups);
    }

    [Theory]
    [InlineData("\"sid\":\"S-1-5-21-1-2-3-1002\"", "\"sid\":\"alice\"")]
    [InlineData("\"sid\":\"S-1-5-21-1-2-3-1002\"", "\"sid\":5")]
    [InlineData("\"kind\":\"service\"", "\"kind\":\"group\"")]
    [InlineData("\"kind\":\"service\",", "")]
    [InlineData("[\"DISABLED\"]", "\"DISABLED\"")]
    [InlineData("2030-01-02T03:04:05.000006Z", "tomorrow")]
    [InlineData("\"sid\":\"S-1-5-32-545\"", "\"sid\":\"\"")]
    [InlineData("\"groups\":[", "\"groups\":[1,")]
    public void Record_OfAnotherForm_IsNoPrincipal(string part, string other) =>
        Assert.Null(LocalSource.ReadPrincipal(Parse(Record.Replace(part, other, StringComparison.Ordinal))));

    [Theory, Rule("AUTH-030")]
    [InlineData("-1")]
    [InlineData("4294967295")]
    [InlineData("99999999999999999999")]
    [InlineData("\"0\"")]
    public void Id_OutOfRange_IsNobody(string id)
    {
        Principal principal = LocalSource.ReadPrincipal(Parse(Record.Replace("\"uid\":1002", $"\"uid\":{id}", StringComparison.Ordinal)))!;
        Assert.Equal(Principal.NoId, principal.Uid);
    }

    [Theory, Rule("AUTH-021")]
    [InlineData("{\"identity\":\"\",\"service\":\"a\"}", true)]
    [InlineData("{\"identity\":\"x\",\"service\":\"a\",\"purpose\":\"hook\"}", true)]
    [InlineData("{\"identity\":\"x\",\"service\":\"a\",\"purpose\":null}", true)]
    [InlineData("{\"identity\":\"x\",\"service\":\"a\",\"purpose\":\"other\"}", false)]
    [InlineData("{\"identity\":\"x\",\"service\":\"a\",\"purpose\":1}", false)]
    [InlineData("{\"identity\":null,\"service\":\"a\"}", false)]
    [InlineData("{\"service\":\"a\"}", false)]
    [InlineData("{\"identity\":\"x\",\"service\":[]}", false)]
    public void ServiceTokenRequest_Shape_IsChecked(string json, bool valid) =>
        Assert.Equal(valid, ServiceTokenRequest.Read(Parse(json), out string problem) is not null && problem.Length == 0);

    [Fact]
    public void Lookup_OfAHostileAnswer_KeepsWhatHasItsForm()
    {
        List<LookupEntry> found = [];
        LookupCommand.ReadEntries(Parse("{\"entries\":[{\"name\":\"a\",\"sid\":\"S-1-5-21-1-2-3-9\",\"kind\":\"user\"},{\"name\":1},{\"sid\":\"x\",\"name\":\"b\",\"kind\":\"c\"}]}"), found);
        LookupCommand.ReadEntries(Parse("{\"entries\":{}}"), found);
        LookupCommand.ReadEntries(null, found);
        Assert.Equal([new LookupEntry("a", new Sid(5, 21, 1, 2, 3, 9), "user", "local")], found);
    }

    [Theory, Rule("AUTH-019", "AUTH-032")]
    [InlineData("O:SYD:(A;;0x1;;;WD)", true)]
    [InlineData("O:SY", false)]
    [InlineData("D:(A;;0x1;;;WD)", false)]
    [InlineData(null, false)]
    public void Security_ThatWouldLetEveryoneIn_IsNotTaken(string? sddl, bool taken)
    {
        byte[] value = sddl is null ? [1, 2, 3] : Sddl.TryParse(sddl, out byte[] parsed, out _) ? parsed : [];
        HotPolicy policy = new(_ => Errno.None);
        byte[] before = policy.Security;
        policy.Take(value);
        Assert.Equal(taken ? value : before, policy.Security);
        Assert.Equal(taken ? 1 : 0, policy.Generation);
    }

    /// <summary>One means yes, everything else no; an error of the registry changes nothing, and nothing is said twice.</summary>
    [Fact, Rule("AUTH-039", "KACS-TOK-121")]
    public void Anonymous_SettingChanges_ReachesTheKernel()
    {
        List<bool> told = [];
        Errno answer = Errno.None;
        HotPolicy policy = new(include =>
        {
            told.Add(include);
            return answer;
        });

        policy.TakeAnonymous(Errno.EIO);
        Assert.Empty(told);
        policy.TakeAnonymous(Errno.ENOENT);
        policy.TakeAnonymous(0u);
        Assert.Equal([false], told);
        policy.TakeAnonymous(1u);
        policy.TakeAnonymous(Errno.EIO);
        policy.TakeAnonymous(1u);
        Assert.Equal([false, true], told);
        policy.TakeAnonymous(7u);
        policy.TakeAnonymous(Errno.EINVAL);
        Assert.Equal([false, true, false], told);
        answer = Errno.EPERM;
        policy.TakeAnonymous(1u);
        policy.TakeAnonymous(1u); // refused, so asked again
        Assert.Equal([false, true, false, true, true], told);
    }

    [Theory, Rule("AUTH-020", "AUTH-019")]
    [InlineData("SY", 0xf00ffu)]
    [InlineData("BA", 0x58u)]
    [InlineData("AU", 0xa0u)]
    public void Security_Default_GrantsWhatTheSheetSays(string who, uint mask)
    {
        Assert.True(SecurityDescriptor.TryRead(new HotPolicy(_ => Errno.None).Security, out SecurityDescriptor sd));
        Assert.True(Sddl.TryParseSid(who, default, out Sid sid));
        Assert.True(AclReader.TryRead(sd.Dacl, out AclReader reader));
        uint granted = 0;
        while (reader.MoveNext(out Ace ace))
        {
            granted |= ace.Sid == sid && ace.Type == AceType.AccessAllowed ? ace.Mask : 0;
        }

        Assert.Equal(mask, granted);
        Assert.Equal(0u, granted & AuthdRights.ServiceToken & (who == "SY" ? 0u : uint.MaxValue));
    }

    private static JsonObject Parse(string json)
    {
        Assert.True(JsonObject.TryParse(Encoding.UTF8.GetBytes(json), out JsonObject? result, out _), json);
        return result!;
    }
}
