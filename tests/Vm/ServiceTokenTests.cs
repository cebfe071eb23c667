// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text.Json.Nodes;
using Peios.Security;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Whose token the processes of a service get, and what it may not hold.</summary>
public sealed class ServiceTokenTests : GuestTest
{
    public ServiceTokenTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("PEINIT-131", "PEINIT-136")]
    public void RequiredPrivileges_OfMainAndHooks_TakeAwayAllOthersAndNothingElse()
    {
        Define("plain");
        Define("frugal", "RequiredPrivileges", "multi:SeChangeNotifyPrivilege");
        JsonObject plain = Token("plain", "main");
        Assert.True(Privileges(plain).Length > 1, plain.ToJsonString());

        JsonObject[] frugal = [Token("frugal", "pre"), Token("frugal", "main"), Token("frugal", "post")];
        foreach (JsonObject token in frugal)
        {
            Assert.Equal(["SeChangeNotifyPrivilege"], Privileges(token));
            Assert.Equal("S-1-5-19", (string?)token["user"]!["sid"]);
            Assert.Equal(Groups(plain, "plain"), Groups(token, "frugal"));
            Assert.Equal((int)plain["integrity_level"]!, (int)token["integrity_level"]!);
            Assert.Equal(((string)plain["default_dacl"]!).Replace(ServiceSid.Of("plain").ToString(), ServiceSid.Of("frugal").ToString(), StringComparison.Ordinal), (string?)token["default_dacl"]);
        }

        Assert.Equal(3, frugal.Select(token => (string?)token["token_guid"]).Distinct().Count());
    }

    private static string[] Privileges(JsonObject token) => [.. token["privileges"]!.AsArray().Select(p => (string)p!["name"]!)];

    // The SIDs of the service and of its session are the ones that differ.
    private static string[] Groups(JsonObject token, string service) =>
        [.. token["groups"]!.AsArray().Select(g => (string)g!["sid"]!).Select(sid => sid == ServiceSid.Of(service).ToString() ? "service" : sid.StartsWith("S-1-5-5-", StringComparison.Ordinal) ? "logon" : sid).Order(StringComparer.Ordinal)];

    private void Define(string name, params string[] more)
    {
        string[] definition =
        [
            "ImagePath", "sz:/bin/sh", "Arguments", $"multi:-c,{Report(name, "main")}", "Identity", "sz:LocalService", "Type", "dword:1",
            "ExecStartPre", $"multi:/bin/sh -c \"{Report(name, "pre")}\"", "ExecStartPost", $"multi:/bin/sh -c \"{Report(name, "post")}\"",
        ];
        ServiceKeys.Define(Guest, name, [.. definition, .. more]);
        Guest.Run("/bin/svctl", "start", name);
    }

    private static string Report(string name, string what) => $"idn show --all --json >/tmp/{name}.{what}";

    private JsonObject Token(string name, string what)
    {
        JsonObject? token = null;
        Guest.Eventually($"{what} of {name} has reported", () => (token = Parse(Guest.Shell($"cat /tmp/{name}.{what} 2>/dev/null || true").Output)) is not null);
        return token!;
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text)?.AsObject();
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // not written to its end yet
        }
    }
}
