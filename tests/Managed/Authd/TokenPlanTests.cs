// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Authd.Minting;
using Authd.Sources;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Authd;

public class TokenPlanTests
{
    [Theory, Rule("AUTH-042", "AUTH-034", "AUTH-046", "AUTH-047", "AUTH-048", "AUTH-049", "KACS-FMT-036")]
    [InlineData("S-1-5-19", "jellyfin", "S-1-5-80-1703982269-1829404860-3597279263-2390199843-3166537581", 0x820a00000, 0x820800000, 19)]
    [InlineData("S-1-5-20", "web", "S-1-5-80-1383863778-2095761348-1244748870-4240415300-1856875951", 0x8000000820a00000, 0x8000000820800000, 20)]
    public void ServiceToken_OfABuiltinAccount_IsTheVector(string user, string service, string serviceSid, ulong present, ulong enabled, uint id)
    {
        TokenSpec spec = Plan(user, service);
        Assert.Equal(user, spec.User.ToString());
        Assert.Equal(
            ["S-1-5-32-545:7", "S-1-1-0:7", "S-1-5-11:7", "S-1-2-0:7", "S-1-5-6:7", serviceSid + ":F"],
            spec.Groups.Select(g => $"{g.Sid}:{(uint)g.Attributes:X}"));
        Assert.Equal((present, enabled), (spec.PrivilegesPresent, spec.PrivilegesEnabled));
        Assert.Equal((12288u, 1u, 6u, 0u), (spec.IntegrityLevel, spec.MandatoryPolicy, spec.OwnerIndex, spec.PrimaryGroupIndex));
        Assert.Equal((id, id), (spec.ProjectedUid, spec.ProjectedGid));
        Assert.Equal([545u], spec.SupplementaryGids);
        Assert.Equal((TokenType.Primary, ImpersonationLevel.Anonymous, 0u), (spec.Type, spec.Level, spec.InteractivityScope));
        Assert.Equal("authd", spec.Source.Name);
    }

    [Fact, Rule("AUTH-049", "AUTH-048")]
    public void ServiceToken_DefaultDacl_IsTheVector()
    {
        string hex = "02004400020000000000280000000010010600000000000550000000bdb4906" +
            "5bc800a6d1f206ad6238e778e6d87bdbc0000140000000010010100000000000512000000";
        Assert.Equal(Convert.FromHexString(hex), Plan("S-1-5-19", "jellyfin").DefaultDacl);
    }

    [Fact, Rule("KACS-TOK-045", "KACS-TOK-047")]
    public void ServiceToken_Encoded_HasItsFieldsAtTheirOffsets()
    {
        TokenSpec spec = Plan("S-1-5-19", "jellyfin");
        spec.SessionId = 0x1122334455667788;
        Assert.True(spec.Encode().TryGet(out byte[]? bytes));
        Assert.Equal((2u, 1, 0), (BitConverter.ToUInt32(bytes, 0), (int)bytes[4], (int)bytes[5]));
        Assert.Equal((12288u, 1u), (BitConverter.ToUInt32(bytes, 8), BitConverter.ToUInt32(bytes, 12)));
        Assert.Equal((0x820a00000UL, 0x820800000UL), (BitConverter.ToUInt64(bytes, 16), BitConverter.ToUInt64(bytes, 24)));
        Assert.Equal((19u, 19u), (BitConverter.ToUInt32(bytes, 36), BitConverter.ToUInt32(bytes, 40)));
        Assert.Equal(0x1122334455667788UL, BitConverter.ToUInt64(bytes, 56));
        Assert.Equal((6u, 0u), (BitConverter.ToUInt32(bytes, 64), BitConverter.ToUInt32(bytes, 68)));
        Assert.Equal("authd\0\0\0"u8.ToArray(), bytes[72..80]);
        Assert.Equal(spec.User.ToArray(), bytes.AsSpan(BitConverter.ToInt32(bytes, 88), 12).ToArray());
        Assert.Equal(6u, BitConverter.ToUInt32(bytes, 96));
        int groups = BitConverter.ToInt32(bytes, 92);
        Assert.Equal(Convert.FromHexString("10000000" + "01020000000000052000000021020000" + "07000000"), bytes.AsSpan(groups, 24).ToArray());
        Assert.Equal(spec.DefaultDacl, bytes.AsSpan(BitConverter.ToInt32(bytes, 100), BitConverter.ToInt32(bytes, 104)).ToArray());
        Assert.Equal(1u, BitConverter.ToUInt32(bytes, 164));
        Assert.Equal(545u, BitConverter.ToUInt32(bytes, BitConverter.ToInt32(bytes, 160)));
        Assert.Equal(-1, bytes.AsSpan(108, 52).IndexOfAnyExcept((byte)0));
    }

    [Fact, Rule("AUTH-043")]
    public void Builtin_GroupsFoundByLpsd_FollowUsersOnce()
    {
        List<ResolvedGroup> found = [new(new Sid(5, 21, 1, 2, 3, 1005), 1005), new(WellKnownSids.Users, 545), new(new Sid(5, 32, 583), 583)];
        TokenSpec spec = TokenPlan.ForService(BuiltinSource.Resolve(WellKnownSids.LocalService, found), "a")!;
        Assert.Equal(["S-1-5-32-545", "S-1-5-21-1-2-3-1005", "S-1-5-32-583", "S-1-1-0"], spec.Groups.Take(4).Select(g => g.Sid.ToString()));
        Assert.Equal([545u, 1005u, 583u], spec.SupplementaryGids);
    }

    [Fact, Rule("AUTH-042", "AUTH-048", "AUTH-034", "AUTH-030")]
    public void Service_OfALocalAccountInAdministrators_OwnsThroughItsServiceSid()
    {
        Principal principal = new()
        {
            Sid = new Sid(5, 21, 1, 2, 3, 1002), Name = "backup", Source = "local", IsService = true, Uid = 1002,
            PrimaryGroup = new Sid(5, 21, 1, 2, 3, 513), PrimaryGroupId = 513,
            Groups = [new(new Sid(5, 21, 1, 2, 3, 513), 513), new(WellKnownSids.Administrators, 544), new(new Sid(5, 32, 551), null)],
        };
        TokenSpec spec = TokenPlan.ForService(principal, "nightly")!;
        Assert.Equal("S-1-5-21-1-2-3-513", spec.Groups[0].Sid.ToString());
        Assert.Equal((1u, 513u), (spec.PrimaryGroupIndex, spec.ProjectedGid));
        Assert.Equal(GroupAttributes.UsualOwner, spec.Groups.Single(g => g.Sid == WellKnownSids.Administrators).Attributes);
        Assert.Equal(ServiceSid.Of("nightly"), spec.Groups[(int)spec.OwnerIndex - 1].Sid);
        Assert.Equal([544u], spec.SupplementaryGids);
        Assert.Equal(0xc0000008219e7b20UL, spec.PrivilegesPresent);
    }

    [Fact, Rule("AUTH-035")]
    public void Privileges_OfAnyToken_NeverHoldTheForbiddenOnes()
    {
        ulong all = 0;
        foreach ((Sid sid, string _) in WellKnownSids.Named)
        {
            all |= PrivilegePolicy.Present(sid, []);
        }

        ulong forbidden = Privilege.CreateToken | Privilege.Tcb | Privilege.LoadDriver;
        foreach (Privilege privilege in Privilege.All)
        {
            forbidden |= privilege.IsReserved ? privilege.Mask : 0;
        }

        Assert.Equal(0UL, all & forbidden);
    }

    [Theory, Rule("AUTH-045")]
    [InlineData(57, true)]
    [InlineData(58, false)]
    public void Groups_MoreThanSixtyThree_AreRefusedNotCut(int resolved, bool fits)
    {
        List<ResolvedGroup> groups = [];
        for (uint i = 0; i < resolved; i++)
        {
            groups.Add(new ResolvedGroup(new Sid(5, 21, 1, 2, 3, 2000 + i), 2000 + i));
        }

        Assert.Equal(fits, TokenPlan.ForService(BuiltinSource.Resolve(WellKnownSids.LocalService, groups), "a") is not null);
    }

    private static TokenSpec Plan(string user, string service)
    {
        Assert.True(Sid.TryParse(user, out Sid sid));
        return TokenPlan.ForService(BuiltinSource.Resolve(sid, []), service)!;
    }
}
