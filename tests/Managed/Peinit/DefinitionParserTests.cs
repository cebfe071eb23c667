// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Peinit.Core;
using Peios.Tests.Peinit.Simulator;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Registry values to definitions: defaults, every refusal by name, hostile bytes.</summary>
public sealed class DefinitionParserTests
{
    [Fact]
    [Rule("PEINIT-095")]
    public void Parse_OnlyImagePath_GivesTheDefaultsOfTheSchema()
    {
        ServiceDefinition d = Parse(Text("ImagePath", "/usr/bin/a"));
        Assert.Empty(d.Errors);
        Assert.Equal(("/usr/bin/a", ServiceType.Simple, "LocalService", "/"), (d.ImagePath, d.Type, d.Identity, d.WorkingDirectory));
        Assert.Equal((30u, 10u, 0u), (d.StartTimeout, d.StopTimeout, d.WatchdogTimeout));
        Assert.Equal((RestartPolicy.OnFailure, 5u, 120u, 1u), (d.RestartPolicy, d.RestartMaxRetries, d.RestartWindow, d.RestartDelay));
        Assert.Equal((Readiness.Notify, 1, false, false), (d.Readiness, d.ReloadSignal, d.Critical, d.BootTrigger));
        Assert.Null(d.RequiredPrivileges);
        Assert.Null(d.LimitNoFile);
        Assert.Null(d.Security);
    }

    [Fact]
    [Rule("PEINIT-095", "PEINIT-090", "PEINIT-102")]
    public void Parse_EveryValue_IsTaken()
    {
        ServiceDefinition d = Parse(
            Text("ImagePath", "/b"), Texts("Arguments", "-x", "y z"), Number("Type", 1), Texts("Triggers", "boot"), Number("Disabled", 7),
            Text("Identity", "SYSTEM"), Texts("RequiredPrivileges", "SeTcbPrivilege"), Texts("Requires", "r"), Texts("Wants", "w"),
            Texts("BindsTo", "t"), Texts("Conflicts", "c"), Text("OnFailure", "o"), Number("ErrorControl", 1), Number("RemainAfterExit", 1),
            Texts("SuccessExitCodes", "3", "255"), Texts("ExecStartPre", "/bin/pre \"a b\" c"), Texts("ExecStartPost", "/bin/post"),
            Text("HookIdentity", "NetworkService"), Text("ExecReload", "signal:SIGUSR2"), Number("StopTimeout", 0),
            Number("LimitNOFILE", 1024), Number("LimitCORE", 0), Texts("Conditions", "path:/a", "registry:Machine\\X"),
            Texts("Asserts", "file:/b", "directory:/c"), Texts("Environment", "A=1", "B="), Texts("Mitigations", "WXP", "SML"));
        Assert.Empty(d.Errors);
        Assert.Equal((ServiceType.Oneshot, true, true, true, true), (d.Type, d.BootTrigger, d.Disabled, d.Critical, d.RemainAfterExit));
        Assert.Equal(["a b", "c"], d.ExecStartPre[0].Arguments);
        Assert.Equal((12, 1024u, 0u, 0u), (d.ReloadSignal, d.LimitNoFile, d.LimitCore, d.StopTimeout));
        Assert.Equal([new StartCheck(CheckKind.Path, "/a"), new StartCheck(CheckKind.Registry, "Machine\\X")], d.Conditions);
        Assert.Equal((0x201u, "NetworkService", "o"), (d.Mitigations, d.EffectiveHookIdentity, d.OnFailure));
        Assert.True(d.IsSuccess(3) && d.IsSuccess(255) && d.IsSuccess(0) && !d.IsSuccess(4) && !d.IsSuccess(-1) && !d.IsSuccess(259));
    }

    public static TheoryData<string, DefinitionValue> Refused() => new()
    {
        { "ImagePath", Text("ImagePath", "usr/bin/a") },
        { "ImagePath", Number("ImagePath", 1) },
        { "ImagePath", new DefinitionValue("ImagePath", 1, "/bin/a\0/b\0"u8.ToArray()) },
        { "ImagePath", new DefinitionValue("ImagePath", 1, [0x2f, 0xff, 0xfe]) },
        { "Type", Number("Type", 2) },
        { "Type", Text("Type", "1") },
        { "Type", new DefinitionValue("Type", 4, [1, 0]) },
        { "ErrorControl", Number("ErrorControl", 2) },
        { "RestartPolicy", Number("RestartPolicy", 3) },
        { "Readiness", Number("Readiness", 2) },
        { "NotifyAccess", Number("NotifyAccess", 1) },
        { "StartTimeout", Number("StartTimeout", 0) },
        { "WorkingDirectory", Text("WorkingDirectory", "var") },
        { "SuccessExitCodes", Texts("SuccessExitCodes", "256") },
        { "SuccessExitCodes", Texts("SuccessExitCodes", "-1") },
        { "SuccessExitCodes", Texts("SuccessExitCodes", "+1") },
        { "Environment", Texts("Environment", "A") },
        { "Environment", Texts("Environment", "=1") },
        { "Conditions", Texts("Conditions", "size:/a") },
        { "Conditions", Texts("Conditions", "path:") },
        { "Asserts", Texts("Asserts", "/a") },
        { "ExecStartPre", Texts("ExecStartPre", "/bin/a \"x") },
        { "ExecStartPre", Texts("ExecStartPre", "  ") },
        { "ExecStartPost", Texts("ExecStartPost", "a /bin/a") },
        { "ExecReload", Text("ExecReload", "signal:HUP") },
        { "ExecReload", Text("ExecReload", "reload") },
        { "RequiredPrivileges", Texts("RequiredPrivileges", "SeEverythingPrivilege") },
        { "Mitigations", Texts("Mitigations", "wxp") },
        { "Arguments", Text("Arguments", "-x") },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    [Rule("PEINIT-097", "PEINIT-098", "PEINIT-099", "PEINIT-100", "PEINIT-112")]
    public void Parse_BadValue_IsRefusedByName(string name, DefinitionValue bad)
    {
        DefinitionValue[] values = bad.Name == "ImagePath" ? [bad] : [Text("ImagePath", "/a"), bad];
        ServiceDefinition d = Parse(values);
        Assert.False(d.IsValid);
        Assert.Contains(d.Errors, error => error.StartsWith(name, StringComparison.Ordinal));
    }

    [Fact]
    [Rule("PEINIT-097")]
    public void Parse_NoImagePath_IsRefused() => Assert.Contains("ImagePath is missing", Parse().Errors);

    [Fact]
    public void Parse_SeveralBadValues_AreAllReported() =>
        Assert.Equal(3, Parse(Number("Type", 9), Number("StartTimeout", 0)).Errors.Length);

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("mount:/data")]
    [InlineData("a\u0001b")]
    [Rule("PEINIT-083")]
    public void Parse_BadName_IsRefused(string name)
    {
        Assert.False(DefinitionParser.Parse(name, [Text("ImagePath", "/a")], null, _ => true).IsValid);
        Assert.False(DefinitionParser.Parse(new string('x', 201), [Text("ImagePath", "/a")], null, _ => true).IsValid);
        Assert.True(DefinitionParser.Parse(new string('x', 200), [Text("ImagePath", "/a")], null, _ => true).IsValid);
    }

    [Fact]
    [Rule("PEINIT-101")]
    public void Parse_HealthCheckThatOutlastsTheWindow_IsRefused()
    {
        Assert.False(Parse(Text("ImagePath", "/a"), Text("HealthCheck", "/c"), Number("HealthCheckInterval", 40)).IsValid);
        Assert.False(Parse(Text("ImagePath", "/a"), Text("HealthCheck", "/c"), Number("HealthCheckInterval", uint.MaxValue)).IsValid);
        ServiceDefinition d = Parse(Text("ImagePath", "/a"), Text("HealthCheck", "/c"), Number("HealthCheckInterval", 39));
        Assert.True(d.IsValid);
        Assert.Contains(d.Warnings, warning => warning.Contains("not built", StringComparison.Ordinal));
    }

    [Fact]
    [Rule("PEINIT-082", "PEINIT-092")]
    public void Parse_UnknownValuesAndTriggers_AreIgnored()
    {
        ServiceDefinition d = Parse(Text("ImagePath", "/a"), Number("Shiny", 1), Texts("Triggers", "dbus:x", "timer:daily"));
        Assert.True(d.IsValid);
        Assert.False(d.BootTrigger);
        Assert.Equal(2, d.Warnings.Length);
    }

    [Fact]
    [Rule("PEINIT-143", "PEINIT-150")]
    public void Parse_MalformedSecurity_FallsBackWithoutFailingTheService()
    {
        byte[] inherited = [1];
        ServiceDefinition own = DefinitionParser.Parse("s", [Text("ImagePath", "/a"), new DefinitionValue("ServiceSecurity", 3, [2])], inherited, _ => true);
        Assert.Equal([2], own.Security);
        foreach (DefinitionValue bad in new[] { new DefinitionValue("ServiceSecurity", 3, [9]), Number("ServiceSecurity", 1) })
        {
            ServiceDefinition d = DefinitionParser.Parse("s", [Text("ImagePath", "/a"), bad], inherited, _ => false);
            Assert.True(d.IsValid && d.KeepsOldSecurity);
            Assert.Same(inherited, d.Security);
        }
    }

    [Theory]
    [InlineData("/bin/a", "/bin/a")]
    [InlineData("  /bin/a\t b  ", "/bin/a|b")]
    [InlineData("/bin/a \"\" b", "/bin/a||b")]
    [InlineData("/bin/a x\"y z\"w", "/bin/a|xy zw")]
    [InlineData("/bin/a $HOME *.c \\n", "/bin/a|$HOME|*.c|\\n")]
    [InlineData("\"/bin/with blank\" x", "/bin/with blank|x")]
    [Rule("PEINIT-111", "PEINIT-112")]
    public void CommandLine_Text_SplitsAtBlanksAndQuotes(string text, string words)
    {
        Assert.True(CommandLine.TryParse(text, out CommandLine? command, out _));
        Assert.Equal(words, string.Join('|', [command.Path, .. command.Arguments]));
    }

    [Fact]
    public void Parse_RandomBytes_NeverThrows()
    {
        Rng rng = new(7);
        string[] names = ["ImagePath", "Arguments", "Type", "Triggers", "Environment", "Conditions", "ExecStartPre", "ServiceSecurity", "ExecReload", "Mitigations"];
        for (int i = 0; i < 20_000; i++)
        {
            List<DefinitionValue> values = [];
            for (int n = rng.Below(6); n > 0; n--)
            {
                byte[] data = new byte[rng.Below(24)];
                for (int b = 0; b < data.Length; b++)
                {
                    data[b] = rng.Percent(30) ? (byte)rng.Bits() : (byte)rng.Pick('a', '/', ':', '"', ' ', '=', '\0');
                }

                values.Add(new DefinitionValue(names[rng.Below(names.Length)], (uint)rng.Pick(1, 3, 4, 7, 11, 99), data));
            }

            ServiceDefinition d = DefinitionParser.Parse("s", values, null, data => data.Length > 4);
            Assert.True(!d.IsValid || d.ImagePath.StartsWith('/'));
            Assert.DoesNotContain(d.Arguments.Append(d.ImagePath), text => text.Contains('\0', StringComparison.Ordinal));
        }
    }

    private static ServiceDefinition Parse(params DefinitionValue[] values) => DefinitionParser.Parse("s", values, null, _ => true);

    private static DefinitionValue Text(string name, string value) => new(name, 1, Encoding.UTF8.GetBytes(value + "\0"));

    private static DefinitionValue Texts(string name, params string[] values) => new(name, 7, Encoding.UTF8.GetBytes(string.Concat(values.Select(v => v + "\0")) + "\0"));

    private static DefinitionValue Number(string name, uint value) => new(name, 4, BitConverter.GetBytes(value));
}
