// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Lpsd.Store;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Lpsd;

public sealed class PrincipalChangesTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly LpsStore _store;
    private readonly PrincipalChanges _changes;

    public PrincipalChangesTests()
    {
        _store = _folder.Open();
        _changes = new PrincipalChanges(_store);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact, Rule("LPS-027", "LPS-028", "LPS-053")]
    public void User_Added_HasTheDefaults()
    {
        PrincipalRow alice = _store.Find(StoreFolder.Add(_store, "alice"))!;
        Assert.Equal(("/home/alice", "/bin/sh", 1000u), (alice.Home, alice.Shell, alice.PosixId));
        Assert.Equal(PrincipalFlags.Disabled, alice.Flags);
        Assert.Equal([alice.PrimaryGroup], _store.GroupsOf(alice.Sid));
        Assert.Equal(513u, alice.PrimaryGroup.Rid);
    }

    [Fact, Rule("LPS-027")]
    public void ServiceAccount_Added_CannotLogOnAnywhere()
    {
        PrincipalRow web = _store.Find(StoreFolder.Add(_store, "web", PrincipalKind.Service))!;
        Assert.Equal(("/", "/usr/sbin/nologin", PrincipalFlags.None), (web.Home, web.Shell, web.Flags));
    }

    [Theory, Rule("LPS-026")]
    [InlineData("alice", "")]
    [InlineData("_x.9-", "")]
    [InlineData("ALICE2", "")]
    [InlineData("", "INVALID_NAME")]
    [InlineData("-alice", "INVALID_NAME")]
    [InlineData("a b", "INVALID_NAME")]
    [InlineData("ünal", "INVALID_NAME")]
    [InlineData("a:b", "INVALID_NAME")]
    [InlineData("a\nb", "INVALID_NAME")]
    [InlineData("root", "INVALID_NAME")]
    [InlineData("Nobody", "INVALID_NAME")]
    [InlineData("system", "INVALID_NAME")]
    [InlineData("LocalService", "INVALID_NAME")]
    [InlineData("S-1-5-18", "INVALID_NAME")]
    [InlineData("s-1-x", "INVALID_NAME")]
    [InlineData("administrators", "ALREADY_EXISTS")]
    [InlineData("GUEST", "ALREADY_EXISTS")]
    public void User_WithThatName_IsAddedOrRefused(string name, string code) =>
        Assert.Equal(code, Add(name, PrincipalKind.User).Code);

    [Theory, Rule("LPS-026")]
    [InlineData("Web Masters", "")]
    [InlineData("Web  Masters", "INVALID_NAME")]
    [InlineData("Web ", "INVALID_NAME")]
    [InlineData("Local Service", "INVALID_NAME")]
    public void Group_MayHaveSingleBlanksInside(string name, string code) =>
        Assert.Equal(code, Add(name, PrincipalKind.Group).Code);

    [Fact, Rule("LPS-026")]
    public void Name_Length_IsLimited()
    {
        Assert.True(Add(new string('a', 64), PrincipalKind.User).Ok);
        Assert.Equal("INVALID_NAME", Add(new string('b', 65), PrincipalKind.User).Code);
        // KELVIN SIGN folds to k elsewhere; here it is the name of nobody.
        StoreFolder.Add(_store, "kelvin");
        Assert.Null(_store.Find("\u212Aelvin"));
    }

    [Fact, Rule("LPS-020", "LPS-021")]
    public void Rids_AreSkippedAndRunOut()
    {
        _store.SetMeta("next_rid", "65534"u8);
        Assert.Equal(65536u, StoreFolder.Add(_store, "a").Rid);
        _store.SetMeta("next_rid", "2147483647"u8);
        Assert.Equal(2147483647u, StoreFolder.Add(_store, "b").Rid);
        Assert.Equal("RID_EXHAUSTED", Add("c", PrincipalKind.User).Code);
        Assert.Null(_store.Find("c"));
    }

    [Theory, Rule("LPS-027")]
    [InlineData("a:b", null)]
    [InlineData(null, "relative")]
    [InlineData(null, "/a\nb")]
    public void Profile_OutsideItsForm_IsRefused(string? display, string? home)
    {
        NewPrincipal wanted = new() { Name = "x", Kind = PrincipalKind.User, DisplayName = display, Home = home };
        Assert.Equal("INVALID_VALUE", _changes.Add(wanted, 1, out _).Code);
    }

    [Fact, Rule("LPS-027")]
    public void Profile_AtItsLimit_IsTaken_OneByteMoreIsNot()
    {
        // Bytes are counted, not characters.
        string text = new string('ä', 128);
        string path = "/" + new string('x', 1023);
        Assert.True(_changes.Add(new NewPrincipal { Name = "x", Kind = PrincipalKind.User, DisplayName = text, Description = text, Home = path, Shell = path }, 1, out _).Ok);
        Assert.Equal("INVALID_VALUE", _changes.Add(new NewPrincipal { Name = "y", Kind = PrincipalKind.User, DisplayName = text + "a" }, 1, out _).Code);
        Assert.Equal("INVALID_VALUE", _changes.Add(new NewPrincipal { Name = "y", Kind = PrincipalKind.User, Description = text + "a" }, 1, out _).Code);
        Assert.Equal("INVALID_VALUE", _changes.Add(new NewPrincipal { Name = "y", Kind = PrincipalKind.User, Home = path + "x" }, 1, out _).Code);
        Assert.Equal("INVALID_VALUE", _changes.Add(new NewPrincipal { Name = "y", Kind = PrincipalKind.User, Shell = path + "x" }, 1, out _).Code);
    }

    [Fact, Rule("LPS-034", "LPS-035")]
    public void Members_AreEveryoneAndAccountsOnly()
    {
        PrincipalRow group = _store.Find(StoreFolder.Add(_store, "g", PrincipalKind.Group))!;
        Sid alice = StoreFolder.Add(_store, "alice");
        Assert.Equal("", _changes.AddMember(group, WellKnownSids.Everyone).Code);
        Assert.Equal("", _changes.AddMember(group, WellKnownSids.LocalService).Code);
        Assert.Equal("", _changes.AddMember(group, ServiceSid.Of("redis")).Code);
        Assert.Equal("", _changes.AddMember(group, alice).Code);
        Assert.Equal("ALREADY_EXISTS", _changes.AddMember(group, alice).Code);
        Assert.Equal("INVALID_VALUE", _changes.AddMember(group, WellKnownSids.Administrators).Code);
        Assert.Equal("INVALID_VALUE", _changes.AddMember(group, WellKnownSids.Integrity(16384)).Code);
        Assert.Equal("NOT_FOUND", _changes.AddMember(group, _store.MachineSid.Append(9999)).Code);
        Assert.Equal("INVALID_VALUE", _changes.AddMember(_store.Find(alice)!, WellKnownSids.Everyone).Code);
    }

    [Fact, Rule("LPS-035")]
    public void Groups_NeverContainThemselves()
    {
        PrincipalRow[] groups = Groups(3);
        Assert.Equal("CYCLE", _changes.AddMember(groups[0], groups[0].Sid).Code);
        Assert.True(_changes.AddMember(groups[0], groups[1].Sid).Ok);
        Assert.True(_changes.AddMember(groups[1], groups[2].Sid).Ok);
        Assert.Equal("CYCLE", _changes.AddMember(groups[2], groups[0].Sid).Code);
        Assert.Equal("CYCLE", _changes.AddMember(groups[1], groups[0].Sid).Code);
    }

    [Fact, Rule("LPS-035")]
    public void Chain_OfGroups_HasAtMostSixteenEdges()
    {
        PrincipalRow[] groups = Groups(18);
        for (int i = 0; i < 16; i++)
        {
            Assert.True(_changes.AddMember(groups[i], groups[i + 1].Sid).Ok);
        }

        Assert.Equal("CYCLE", _changes.AddMember(groups[16], groups[17].Sid).Code);
        Assert.Equal("CYCLE", _changes.AddMember(groups[17], groups[0].Sid).Code);
    }

    [Fact, Rule("LPS-036")]
    public void Resolution_FollowsNestingAndImpliedSids_InByteOrder()
    {
        PrincipalRow[] groups = Groups(3);
        Sid alice = StoreFolder.Add(_store, "alice");
        Assert.True(_changes.AddMember(groups[2], alice).Ok);
        Assert.True(_changes.AddMember(groups[0], groups[2].Sid).Ok);
        Assert.True(_changes.AddMember(groups[1], WellKnownSids.Service).Ok);
        List<Sid> found = _store.Resolve([alice, WellKnownSids.Service]);
        Sid[] expected = [WellKnownSids.Users, _store.MachineSid.Append(513), groups[0].Sid, groups[1].Sid, groups[2].Sid];
        Assert.Equal(expected.OrderBy(sid => Convert.ToHexString(sid.ToArray()), StringComparer.Ordinal), found);
    }

    [Fact, Rule("LPS-028", "LPS-035")]
    public void Membership_ThatIsPrimaryOrAbsent_CannotBeRemoved()
    {
        Sid alice = StoreFolder.Add(_store, "alice");
        PrincipalRow users = _store.Find("LocalUsers")!;
        Assert.Equal("INVALID_VALUE", _changes.RemoveMember(users, alice, 1).Code);
        Assert.Equal("NOT_FOUND", _changes.RemoveMember(_store.Find("Administrators")!, alice, 1).Code);
    }

    [Fact, Rule("LPS-032")]
    public void LastAdministrator_CannotLeave()
    {
        PrincipalRow administrators = _store.Find("Administrators")!;
        _changes.Add(new NewPrincipal { Name = "bob", Kind = PrincipalKind.User, Flags = PrincipalFlags.NoPassword }, 1, out Sid bob);
        Assert.True(_changes.AddMember(administrators, bob).Ok);
        Assert.False(_changes.HasAdministrator(1));
        _store.Execute("INSERT INTO credentials SELECT sid,1,'x',0 FROM principals WHERE name='bob'"u8);
        Assert.True(_changes.HasAdministrator(1));
        Assert.Equal("LAST_ADMIN", _changes.RemoveMember(administrators, bob, 1).Code);
        Assert.Contains(bob, _store.MembersOf(administrators.Sid));
    }

    [Fact, Rule("LPS-009")]
    public void Add_ThatFailsAtAGroup_LeavesNothing()
    {
        NewPrincipal wanted = new() { Name = "eve", Kind = PrincipalKind.User, Groups = [_store.MachineSid.Append(4711)] };
        Assert.Equal("NOT_FOUND", _changes.Add(wanted, 1, out _).Code);
        Assert.Null(_store.Find("eve"));
        Assert.Equal(1000u, StoreFolder.Add(_store, "next").Rid);
    }

    [Fact]
    [Rule("LPS-015")]
    public void AccountFiles_StoreThatFails_KeepsTheOldOnes()
    {
        AccountFiles files = new(_folder.Path);
        Assert.True(files.Write(_store).Ok);
        string before = System.IO.File.ReadAllText(System.IO.Path.Combine(_folder.Path, "passwd"));
        Assert.False(_store.Execute("SELECT no_such_function()"u8));
        Assert.False(files.Write(_store).Ok);
        Assert.Equal(before, System.IO.File.ReadAllText(System.IO.Path.Combine(_folder.Path, "passwd")));
    }

    [Fact, Rule("LPS-015")]
    public void AccountFiles_ListAccountsAndGroups()
    {
        StoreFolder.Add(_store, "alice");
        StoreFolder.Add(_store, "Web Masters", PrincipalKind.Group);
        _changes.AddMember(_store.Find("Web Masters")!, _store.Find("alice")!.Sid);
        string passwd = AccountFiles.Passwd(_store);
        Assert.StartsWith("root:x:0:0:", passwd, StringComparison.Ordinal);
        Assert.Contains("\nlocalservice:x:19:19:LocalService:/:/usr/sbin/nologin\n", passwd, StringComparison.Ordinal);
        Assert.Contains("\nAdministrator:x:500:513::/home/Administrator:/bin/sh\n", passwd, StringComparison.Ordinal);
        Assert.Contains("\nalice:x:1000:513::/home/alice:/bin/sh\n", passwd, StringComparison.Ordinal);
        Assert.EndsWith("\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", passwd, StringComparison.Ordinal);
        string group = AccountFiles.Group(_store);
        Assert.Contains("\nWeb_Masters:x:1001:alice\n", group, StringComparison.Ordinal);
        Assert.Contains("\nAdministrators:x:544:Administrator\n", group, StringComparison.Ordinal);
        Assert.DoesNotContain("machine$", passwd + group, StringComparison.Ordinal);
    }

    private Outcome Add(string name, PrincipalKind kind) => _changes.Add(new NewPrincipal { Name = name, Kind = kind }, 1, out _);

    private PrincipalRow[] Groups(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _store.Find(StoreFolder.Add(_store, $"g{i}", PrincipalKind.Group))!)];
}
