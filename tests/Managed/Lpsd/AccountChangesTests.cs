// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Lpsd.Commands;
using Lpsd.Store;
using Peios.Ipc;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Lpsd;

public sealed class AccountChangesTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly LpsStore _store;
    private readonly PrincipalChanges _members;
    private readonly AccountChanges _changes;
    private readonly Sid _alice;

    public AccountChangesTests()
    {
        _store = _folder.Open();
        _members = new PrincipalChanges(_store);
        _changes = new AccountChanges(_store, _members);
        _alice = StoreFolder.Add(_store, "alice");
    }

    private PrincipalRow Alice => _store.Find(_alice)!;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory, Rule("LPS-048", "LPS-026", "LPS-027", "LPS-028")]
    [InlineData("{\"name\":\"alice\",\"display_name\":\"Alice A.\",\"shell\":\"/bin/bash\",\"audit_policy\":3}", "")]
    [InlineData("{\"sid\":\"@\",\"name\":\"Alice2\"}", "")]
    [InlineData("{\"sid\":\"@\",\"name\":\"ALICE\"}", "")]
    [InlineData("{\"sid\":\"@\",\"name\":\"guest\"}", "ALREADY_EXISTS")]
    [InlineData("{\"sid\":\"@\",\"name\":\"root\"}", "INVALID_NAME")]
    [InlineData("{\"sid\":\"@\",\"name\":1}", "INVALID_REQUEST")]
    [InlineData("{\"name\":\"alice\",\"home\":\"relative\"}", "INVALID_VALUE")]
    [InlineData("{\"name\":\"alice\",\"home\":7}", "INVALID_REQUEST")]
    [InlineData("{\"name\":\"alice\",\"description\":null,\"expires_at\":null}", "")]
    [InlineData("{\"name\":\"alice\",\"expires_at\":\"soon\"}", "INVALID_REQUEST")]
    [InlineData("{\"name\":\"alice\",\"flags\":[\"PROTECTED\"]}", "INVALID_REQUEST")]
    [InlineData("{\"name\":\"alice\",\"audit_policy\":16}", "INVALID_REQUEST")]
    [InlineData("{\"name\":\"alice\",\"primary_group\":null}", "INVALID_REQUEST")]
    [InlineData("{\"name\":\"alice\",\"primary_group\":\"S-1-5-32-544\"}", "INVALID_VALUE")]
    [InlineData("{\"name\":\"alice\"}", "INVALID_REQUEST")]
    public void Set_OfAnAccount_IsCheckedAndStored(string json, string code)
    {
        JsonObject request = Parse(json.Replace("@", _alice.ToString(), StringComparison.Ordinal));
        PrincipalRow before = Alice;
        Assert.True(SetRequest.TryTarget(request, out Target target));
        Assert.Equal(_alice, target.Find(_store)!.Sid);
        PrincipalUpdate? update = SetRequest.Apply(request, before, out _);
        string result = update is null ? ErrorCodes.InvalidRequest : _changes.Set(before, update, 5).Code;
        Assert.Equal(code, result);
        Assert.Equal(code.Length == 0, Alice.ChangedAt == 5);
    }

    [Fact, Rule("LPS-048")]
    public void Set_WritesEachFieldAndNoOther()
    {
        JsonObject request = Parse("{\"name\":\"alice\",\"display_name\":\"A\",\"description\":\"B\",\"home\":\"/h\",\"shell\":\"/s\",\"flags\":[\"NO_PASSWORD\"]," +
            "\"expires_at\":\"2030-01-01T00:00:00.000000Z\",\"audit_policy\":9}");
        PrincipalRow before = Alice;
        Assert.True(_changes.Set(before, SetRequest.Apply(request, before, out _)!, 7).Ok);
        Assert.True(WireTime.TryParse("2030-01-01T00:00:00.000000Z", out ulong expires));
        Assert.Equal(
            before with { DisplayName = "A", Description = "B", Home = "/h", Shell = "/s", Flags = PrincipalFlags.NoPassword, ExpiresAt = expires, AuditPolicy = 9, ChangedAt = 7 },
            Alice);
    }

    [Fact, Rule("LPS-028")]
    public void PrimaryGroup_WhenSet_AddsTheMembership()
    {
        Sid group = StoreFolder.Add(_store, "staff", PrincipalKind.Group);
        Assert.True(_changes.Set(Alice, new PrincipalUpdate(Alice with { PrimaryGroup = group }, []), 1).Ok);
        Assert.Contains(_alice, _store.MembersOf(group));
        Assert.Equal("INVALID_VALUE", _members.RemoveMember(_store.Find(group)!, _alice, 1).Code);
        Assert.Equal("INVALID_VALUE", _changes.Remove(_store.Find(group)!, 1).Code);
    }

    [Fact, Rule("LPS-024")]
    public void Predefined_KeepTheirNamesAndStay()
    {
        PrincipalRow guest = _store.Find("Guest")!;
        Assert.Equal("PROTECTED", _changes.Remove(guest, 1).Code);
        Assert.Equal("PROTECTED", _changes.Set(guest, new PrincipalUpdate(guest with { Name = "visitor" }, []), 1).Code);
        Assert.True(_changes.Set(guest, new PrincipalUpdate(guest with { Description = "x" }, []), 1).Ok);
        JsonObject request = Parse("{\"name\":\"Guest\",\"flags\":[]}");
        Assert.True((SetRequest.Apply(request, guest, out _)!.Row.Flags & PrincipalFlags.Protected) != 0);
    }

    [Fact, Rule("LPS-031")]
    public void Removed_TakesMembershipsAndClaimsAlong()
    {
        Sid group = StoreFolder.Add(_store, "staff", PrincipalKind.Group);
        Assert.True(_members.AddMember(_store.Find(group)!, _alice).Ok);
        Assert.True(_changes.SetClaim(Alice, "c", Claim("c"), 1).Ok);
        Assert.Equal("INVALID_VALUE", _changes.Remove(_store.Find(group)!, 1).Code);
        Assert.True(_changes.Remove(Alice, 1).Ok);
        Assert.Null(_store.Find("alice"));
        Assert.Empty(_store.MembersOf(group));
        Assert.Empty(_store.Claims(_alice));
        Assert.True(_changes.Remove(_store.Find(group)!, 1).Ok);
        // Never again the same RID (LPS-020).
        Assert.True(StoreFolder.Add(_store, "alice").Rid > _alice.Rid + 1);
    }

    [Fact, Rule("LPS-032")]
    public void LastAdministrator_CannotBeDisabledExpiredOrRemoved()
    {
        Assert.True(_members.AddMember(_store.Find("Administrators")!, _alice).Ok);
        _store.Execute("INSERT INTO credentials SELECT sid,1,'x',0 FROM principals WHERE name='alice'"u8);
        Assert.True(_changes.SetDisabled(Alice, false, 1).Ok);
        Assert.True(_members.HasAdministrator(1));
        Assert.Equal("LAST_ADMIN", _changes.SetDisabled(Alice, true, 1).Code);
        Assert.Equal("LAST_ADMIN", _changes.Remove(Alice, 1).Code);
        Assert.Equal("LAST_ADMIN", _changes.Set(Alice, new PrincipalUpdate(Alice with { ExpiresAt = 1 }, []), 1).Code);
        Assert.True(_members.HasAdministrator(1));
    }

    [Fact, Rule("LPS-025")]
    public void Disable_IsForAccountsOnly()
    {
        Assert.True(_changes.SetDisabled(Alice, false, 1).Ok);
        Assert.Equal(PrincipalFlags.None, Alice.Flags);
        Assert.Equal("INVALID_VALUE", _changes.SetDisabled(_store.Find("LocalUsers")!, true, 1).Code);
    }

    [Theory, Rule("LPS-046")]
    [InlineData("O:SYD:(A;;0x1;;;WD)", true)]
    [InlineData("O:SY", false)]
    [InlineData("D:(A;;0x1;;;WD)", false)]
    public void Security_OfAPrincipal_HasAnOwnerAndADacl(string sddl, bool taken)
    {
        Assert.True(Sddl.TryParse(sddl, out byte[] descriptor, out _));
        Assert.Equal(taken, _changes.SetSecurity(Alice, descriptor, 1).Ok);
        Assert.Equal(taken ? descriptor : null, Alice.Security);
        Assert.True(_changes.SetSecurity(Alice, null, 2).Ok);
        Assert.Null(Alice.Security);
        Assert.False(_changes.SetSecurity(Alice, [1, 2, 3], 2).Ok);
    }

    [Theory, Rule("LPS-033", "LPS-048")]
    [InlineData("{\"claim\":\"Level\",\"type\":\"int64\",\"values\":[1,-1]}", true)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"uint64\",\"values\":[18446744073709551615],\"flags\":2}", true)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"boolean\",\"values\":[true]}", true)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"string\",\"values\":[\"PM\"]}", true)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"sid\",\"values\":[\"S-1-5-18\"]}", true)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"octet\",\"values\":[\"AAE=\"]}", true)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"int64\",\"values\":[]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"int64\",\"values\":[1.5]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"int64\",\"values\":[\"1\"]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"uint64\",\"values\":[-1]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"string\",\"values\":[\"a\\u0000b\"]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"string\",\"values\":[[\"a\"]]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"sid\",\"values\":[\"SYSTEM\"]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"fqbn\",\"values\":[1]}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"int64\",\"values\":1}", false)]
    [InlineData("{\"claim\":\"Level\",\"type\":\"int64\",\"values\":[1],\"flags\":64}", false)]
    [InlineData("{\"claim\":\"\",\"type\":\"int64\",\"values\":[1]}", false)]
    [InlineData("{\"claim\":\"a\\nb\",\"type\":\"int64\",\"values\":[1]}", false)]
    public void Claim_Request_BecomesAnEntryOrIsRefused(string json, bool valid)
    {
        byte[]? entry = ClaimRequest.Read(Parse(json), out string name, out string problem);
        Assert.Equal(valid, entry is not null && problem.Length == 0);
        Assert.True(entry is null || ClaimEntry.TryRead(entry, out ClaimEntry claim) && claim.Name.SequenceEqual(name));
    }

    [Fact, Rule("LPS-033", "LPS-050", "KACS-FMT-109")]
    public void Claims_AreAtMostSixtyFour_AndResolveAsOneArray()
    {
        for (int i = 0; i < AccountChanges.MaxClaims; i++)
        {
            Assert.True(_changes.SetClaim(Alice, $"c{i}", Claim($"c{i}"), 1).Ok);
        }

        Assert.Equal("INVALID_VALUE", _changes.SetClaim(Alice, "more", Claim("more"), 1).Code);
        Assert.True(_changes.SetClaim(Alice, "C0", Claim("C0"), 1).Ok);
        Assert.Equal("NOT_FOUND", _changes.RemoveClaim(Alice, "more", 1).Code);
        Assert.True(TokenDecoder.IsClaimArray(ResolveAnswer.Pack(_store.Claims(_alice))));
        Assert.True(_changes.RemoveClaim(Alice, "c0", 1).Ok);
        Assert.Equal(63, _store.Claims(_alice).Count);
        byte[] large = new byte[AccountChanges.MaxClaimBytes];
        Assert.Equal("INVALID_VALUE", _changes.SetClaim(Alice, "large", large, 1).Code);
    }

    private static byte[] Claim(string name)
    {
        ClaimBuilder claim = new(name, ClaimType.UInt64, 0);
        claim.AddNumber(1);
        Assert.True(claim.TryBuild(out byte[] entry));
        return entry;
    }

    private static JsonObject Parse(string json)
    {
        Assert.True(JsonObject.TryParse(Encoding.UTF8.GetBytes(json), out JsonObject? result, out _), json);
        return result!;
    }
}
