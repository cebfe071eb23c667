// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using Authd;
using Authd.Commands;
using Authd.Minting;
using Authd.Sessions;
using Authd.Sources;
using Peios.Ipc;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Authd;

/// <summary>Tokens of people, as <c>preview</c> shows them: the vectors of AUTH-049 and the filter of AUTH-050.</summary>
public sealed class LogonPlanTests
{
    private const string Machine = "S-1-5-21-1-2-3";

    [Fact, Rule("AUTH-049", "AUTH-042", "AUTH-046", "AUTH-047", "AUTH-048", "AUTH-052")]
    public void Alice_AtTheConsole_IsTheVector()
    {
        (TokenForm form, TokenSpec spec) = Assert.Single(Plan(Alice(), LogonType.Interactive, console: true));
        Assert.Equal(TokenForm.Standard, form);
        Assert.Equal($"{Machine}-513:7 S-1-5-32-545:7 S-1-1-0:7 S-1-5-11:7 S-1-2-0:7 S-1-5-4:7 S-1-2-1:7", Groups(spec));
        Assert.Equal((0x800800000UL, 0x800800000UL), (spec.PrivilegesPresent, spec.PrivilegesEnabled));
        Assert.Equal((8192u, 3u, 0u, 1u), (spec.IntegrityLevel, spec.MandatoryPolicy, spec.OwnerIndex, spec.PrimaryGroupIndex));
        Assert.Equal((1000u, 513u), (spec.ProjectedUid, spec.ProjectedGid));
        Assert.Equal([545u], spec.SupplementaryGids);
        Assert.Equal($"D:(A;;GA;;;{Machine}-1000)(A;;GA;;;S-1-5-18)", Dacl(spec));
    }

    [Fact, Rule("AUTH-049", "AUTH-050", "AUTH-051", "AUTH-052")]
    public void Bob_AnAdministratorAtTheConsole_GetsThePairOfTheVector()
    {
        IReadOnlyList<(TokenForm Form, TokenSpec Spec)> plans = Plan(Bob(), LogonType.Interactive, console: true);
        Assert.Equal([TokenForm.Filtered, TokenForm.Elevated], plans.Select(plan => plan.Form));
        TokenSpec full = plans[1].Spec;
        Assert.Equal($"{Machine}-513:7 S-1-5-32-544:F S-1-5-32-545:7 S-1-1-0:7 S-1-5-11:7 S-1-2-0:7 S-1-5-4:7 S-1-2-1:7", Groups(full));
        Assert.Equal((0xc0000008219e7b20UL, 0xc0000008219e7b20UL), (full.PrivilegesPresent, full.PrivilegesEnabled));
        Assert.Equal((12288u, 1u, 2u), (full.IntegrityLevel, full.MandatoryPolicy, full.OwnerIndex));
        Assert.Equal([544u, 545u], full.SupplementaryGids);
        Assert.Equal("D:(A;;GA;;;S-1-5-32-544)(A;;GA;;;S-1-5-18)", Dacl(full));
        TokenSpec limited = plans[0].Spec;
        Assert.Equal(Groups(full).Replace("544:F", "544:10", StringComparison.Ordinal), Groups(limited));
        Assert.Equal((0x800800000UL, 0x800800000UL), (limited.PrivilegesPresent, limited.PrivilegesEnabled));
        Assert.Equal((8192u, 3u, 0u, 1u), (limited.IntegrityLevel, limited.MandatoryPolicy, limited.OwnerIndex, limited.PrimaryGroupIndex));
        Assert.Equal([544u, 545u], limited.SupplementaryGids);
        Assert.Equal($"D:(A;;GA;;;{Machine}-1001)(A;;GA;;;S-1-5-18)", Dacl(limited));
    }

    [Theory, Rule("AUTH-042", "AUTH-052")]
    [InlineData(LogonType.Network, false, "S-1-1-0 S-1-5-11 S-1-5-2")]
    [InlineData(LogonType.NetworkCleartext, false, "S-1-1-0 S-1-5-11 S-1-5-2")]
    [InlineData(LogonType.Batch, false, "S-1-1-0 S-1-5-11 S-1-2-0 S-1-5-3")]
    [InlineData(LogonType.Interactive, false, "S-1-1-0 S-1-5-11 S-1-2-0 S-1-5-4")]
    [InlineData(LogonType.Interactive, true, "S-1-1-0 S-1-5-11 S-1-2-0 S-1-5-4 S-1-2-1")]
    [InlineData(LogonType.Network, true, "S-1-1-0 S-1-5-11 S-1-5-2")]
    public void ImplicitSids_FollowTheTypeOfLogon(LogonType type, bool console, string expected) =>
        Assert.Equal(expected, string.Join(' ', new TokenRequest(type, Console: console).ImplicitSids()));

    [Theory, Rule("AUTH-052")]
    [InlineData(LogonType.Network, false, TokenForm.Filtered)]
    [InlineData(LogonType.NetworkCleartext, true, TokenForm.Filtered)]
    [InlineData(LogonType.Batch, false, TokenForm.Filtered)]
    [InlineData(LogonType.Batch, true, TokenForm.Elevated)]
    public void Administrator_RemoteOrBatch_GetsOneToken(LogonType type, bool highest, object form) =>
        Assert.Equal((TokenForm)form, Assert.Single(TokenPlan.ForLogon(Bob(), new TokenRequest(type, Highest: highest))!).Form);

    [Fact, Rule("AUTH-050")]
    public void Filter_TakesEveryAdministrativeGroup_AndAPrimaryOneIsNoneAnyMore()
    {
        Principal principal = Bob() with
        {
            PrimaryGroup = Sid("S-1-5-21-9-9-9-512"),
            Groups = [.. Bob().Groups, new(Sid("S-1-5-32-551"), 551), new(Sid("S-1-5-32-555"), 555), new(Sid("S-1-5-21-9-9-9-519"), null), new(Sid("S-1-5-21-9-9-9-513"), null)],
        };
        TokenSpec spec = Plan(principal, LogonType.Batch)[0].Spec;
        string[] denied = [.. spec.Groups.Where(group => group.Attributes == GroupAttributes.UseForDenyOnly).Select(group => group.Sid.ToString())];
        Assert.Equal(["S-1-5-21-9-9-9-512", "S-1-5-32-544", "S-1-5-32-551", "S-1-5-21-9-9-9-519"], denied);
        Assert.Equal((0u, 0u), (spec.PrimaryGroupIndex, spec.OwnerIndex));
    }

    [Fact, Rule("AUTH-050")]
    public void Filter_OfAllGroupsInReach_IsTheListOfTheSheet()
    {
        List<ResolvedGroup> groups = [.. Bob().Groups];
        for (uint rid = 500; rid < 600; rid++)
        {
            groups.Add(new(Sid($"S-1-5-21-9-9-9-{rid}"), null));
            groups.Add(new(Sid($"S-1-5-32-{rid}"), null));
        }

        // More groups than a token takes: in portions.
        List<string> denied = [];
        foreach (ResolvedGroup[] part in groups.Chunk(50))
        {
            Principal principal = Bob() with { Groups = [new(WellKnownSids.Administrators, 544), .. part] };
            denied.AddRange(Plan(principal, LogonType.Batch)[0].Spec.Groups
                .Where(static group => group.Attributes == GroupAttributes.UseForDenyOnly).Select(static group => group.Sid.ToString()));
        }

        uint[] aliases = [544, 547, 548, 549, 550, 551, 552, 556, 569, 578];
        uint[] rids = [512, 518, 519, 520];
        Assert.Equal(
            aliases.Select(static rid => $"S-1-5-32-{rid}").Concat(rids.Select(static rid => $"S-1-5-21-9-9-9-{rid}")).Order(),
            denied.Distinct().Order());
    }

    [Fact, Rule("AUTH-048", "LPS-033")]
    public void Claims_OfTheRecord_AreThoseOfTheToken()
    {
        const string json = "{\"sid\":\"S-1-5-21-1-2-3-1000\",\"name\":\"a\",\"kind\":\"user\",\"flags\":[],\"groups\":[],\"user_claims\":\"@\",\"device_groups\":[\"S-1-5-32-545\"]}";
        ClaimBuilder claim = new("Level", ClaimType.Int64, 0);
        claim.AddNumber(3);
        Assert.True(claim.TryBuild(out byte[] entry));
        byte[] array = [.. BitConverter.GetBytes(entry.Length), .. entry];
        Principal? principal = LocalSource.ReadPrincipal(Parse(json.Replace("@", Convert.ToBase64String(array), StringComparison.Ordinal)));
        TokenSpec spec = Plan(principal!, LogonType.Interactive)[0].Spec;
        Assert.Equal(array, spec.UserClaims);
        Assert.Null(spec.DeviceClaims);
        Assert.Equal(["S-1-5-32-545"], spec.DeviceGroups!.Select(group => group.Sid.ToString()));
        Assert.True(spec.Encode().Ok);
        Assert.Null(LocalSource.ReadPrincipal(Parse(json.Replace("@", Convert.ToBase64String(array[..^1]), StringComparison.Ordinal))));
        Assert.Null(LocalSource.ReadPrincipal(Parse(json.Replace("@", "not base64", StringComparison.Ordinal))));
    }

    [Theory, Rule("AUTH-033", "AUTH-050", "KACS-TOK-029")]
    [InlineData(LogonType.Interactive)]
    [InlineData(LogonType.Network)]
    [InlineData(LogonType.Batch)]
    public void EveryToken_MayPassFoldersAndMakeLinks(LogonType type)
    {
        const ulong always = Privilege.ChangeNotify | Privilege.CreateSymbolicLink;
        foreach (Principal principal in (Principal[])[Alice(), Bob()])
        {
            Assert.All(Plan(principal, type), static plan => Assert.Equal(always, plan.Spec.PrivilegesEnabled & always));
        }
    }

    [Fact, Rule("AUTH-020")]
    public void Rights_HaveTheNumbersOfTheSheet()
    {
        Assert.Equal(
            (0x01u, 0x02u, 0x04u, 0x08u, 0x10u, 0x20u, 0x40u, 0x80u),
            (AuthdRights.Logon, AuthdRights.ServiceToken, AuthdRights.Elevate, AuthdRights.Query, AuthdRights.EndSession, AuthdRights.Lookup, AuthdRights.Admin, AuthdRights.Self));
        Assert.Equal(new GenericMapping(0x00020028, 0x00020050, 0x00020087, 0x000F00FF), AuthdRights.Mapping);
    }

    [Theory, Rule("AUTH-021", "AUTH-005")]
    [InlineData("{\"user\":\"alice\",\"logon_type\":2}", true)]
    [InlineData("{\"user\":\"alice\",\"logon_type\":2,\"console\":true}", true)]
    [InlineData("{\"identity\":\"LocalService\",\"logon_type\":5,\"service\":\"web\"}", true)]
    [InlineData("{\"user\":\"alice\",\"logon_type\":5}", false)]
    [InlineData("{\"user\":\"alice\",\"logon_type\":9}", false)]
    [InlineData("{\"user\":\"alice\",\"logon_type\":\"2\"}", false)]
    [InlineData("{\"user\":\"alice\"}", false)]
    [InlineData("{\"user\":\"alice\",\"identity\":\"bob\",\"logon_type\":2}", false)]
    [InlineData("{\"identity\":\"LocalService\",\"logon_type\":5}", false)]
    [InlineData("{\"identity\":\"LocalService\",\"logon_type\":5,\"service\":\"a\\\\b\"}", false)]
    [InlineData("{\"user\":\"alice\",\"logon_type\":2,\"console\":1}", false)]
    public void Preview_Shape_IsChecked(string json, bool valid) =>
        Assert.Equal(valid, PreviewRequest.Read(Parse(json), out string problem) is not null && problem.Length == 0);

    [Fact, Rule("AUTH-024", "AUTH-007")]
    public void Preview_Token_HasTheKernelsNames()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            PreviewCommand.Write(writer, TokenForm.Elevated, Plan(Bob(), LogonType.Interactive)[1].Spec);
        }

        VerifiedFile.Verify(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n", "preview-token");
    }

    [Fact, Rule("AUTH-023")]
    public void Sessions_AreTheKernelsList_AndOnesOwnForOthers()
    {
        const string list =
            "session_id=0 user_sid=010100000000000512000000 logon_type=5 auth_package= created_at=1763600000000000000 dead=0\n" +
            "session_id=1007 user_sid=010100000000000513000000 logon_type=5 auth_package=6275696c74696e created_at=1763600001000000000 dead=0\n" +
            "session_id=1008 user_sid=0101 logon_type=5 auth_package= created_at=0 dead=0\nsession_id= user_sid=\n";
        List<SessionEntry> sessions = KernelSessions.Parse(list);
        Assert.Equal([0UL, 1007UL], sessions.Select(session => session.Id));
        Assert.Equal("builtin", sessions[1].Package);
        Assert.Equal(2, Count(sessions, default));
        Assert.Equal(1, Count(sessions, WellKnownSids.LocalService));
        Assert.Equal(0, Count(sessions, WellKnownSids.NetworkService));
    }

    private static int Count(List<SessionEntry> sessions, Sid only)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            SessionsCommand.Write(writer, sessions, only, new Dictionary<Sid, string>());
            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.GetProperty("sessions").GetArrayLength();
    }

    private static Principal Alice() => new()
    {
        Sid = Sid($"{Machine}-1000"), Name = "alice", Source = "local", Uid = 1000, PrimaryGroup = Sid($"{Machine}-513"), PrimaryGroupId = 513,
        Groups = [new(Sid($"{Machine}-513"), 513), new(WellKnownSids.Users, 545)],
    };

    private static Principal Bob() => Alice() with
    {
        Sid = Sid($"{Machine}-1001"),
        Name = "bob",
        Uid = 1001,
        Groups = [new(Sid($"{Machine}-513"), 513), new(WellKnownSids.Administrators, 544), new(WellKnownSids.Users, 545)],
    };

    private static IReadOnlyList<(TokenForm Form, TokenSpec Spec)> Plan(Principal principal, LogonType type, bool console = false) =>
        TokenPlan.ForLogon(principal, new TokenRequest(type, Console: console))!;

    private static string Groups(TokenSpec spec) => string.Join(' ', spec.Groups.Select(group => $"{group.Sid}:{(uint)group.Attributes:X}"));

    private static string Dacl(TokenSpec spec)
    {
        Assert.True(new SecurityDescriptorBuilder { Dacl = spec.DefaultDacl }.TryBuild(out byte[] sd));
        Assert.True(Sddl.TryFormat(sd, new SddlOptions(SddlObjectKind.Other, Raw: true), out string text, out _));
        return text;
    }

    private static Sid Sid(string text)
    {
        Assert.True(Peios.Security.Sid.TryParse(text, out Sid sid));
        return sid;
    }

    private static JsonObject Parse(string json)
    {
        Assert.True(JsonObject.TryParse(Encoding.UTF8.GetBytes(json), out JsonObject? result, out _), json);
        return result!;
    }
}
