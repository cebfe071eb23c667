// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Definitions that change, appear and go; reload-config.</summary>
public sealed class ModelTests
{
    [Fact]
    [Rule("PEINIT-402", "PEINIT-403")]
    public void ReloadConfig_WithErrors_IsRefusedWholeWithAllErrors()
    {
        Rig rig = new(Rig.Simple("a"));
        ServiceDefinition[] bad =
        [
            Rig.Simple("a") with { Requires = ["nobody"] }, Rig.Simple("b") with { BindsTo = ["c"] }, Rig.Simple("c") with { Wants = ["b"] },
            Rig.Simple("d", true) with { Conflicts = ["e"] }, Rig.Simple("e", true), Rig.Simple("f") with { Errors = ["bad"] },
        ];
        rig.Feed(Input.ReloadConfiguration(new Configuration { Definitions = bad }, 9));
        Effect reply = rig.ReplyTo(9)!.Value;
        Assert.Equal((ReplyCode.ValidationFailed, 4), (reply.Code, reply.Lines!.Count));
        Assert.Equal((null, 0), (rig.Machine.FindService("b"), rig.Service("a").Model!.Requires.Length));
    }

    [Fact]
    [Rule("PEINIT-402", "PEINIT-404", "PEINIT-405", "PEINIT-167", "PEINIT-168")]
    public void ReloadConfig_Valid_SwapsTheModelAndLeavesRunningServicesAlone()
    {
        Rig rig = new(Rig.Simple("a"), Rig.Simple("gone"), Rig.Simple("idle"));
        rig.Up("a");
        rig.Up("gone");
        rig.Feed(Input.ReloadConfiguration(new Configuration { Definitions = [Rig.Simple("a") with { ImagePath = "/n" }, Rig.Simple("new")] }, 9));
        Assert.Equal(ReplyCode.Ok, rig.ReplyTo(9)!.Value.Code);
        Assert.Equal((ServiceState.Active, "/bin/a", "/n"), (rig.State("a"), rig.Service("a").Activation!.ImagePath, rig.Service("a").Model!.ImagePath));
        Assert.Equal((null, ServiceState.Active), (rig.Machine.FindService("idle"), rig.State("gone")));
        rig.Start("new");
        Assert.Equal(ServiceState.Starting, rig.State("new"));
        rig.Exit("gone", 1);
        Assert.Null(rig.Machine.FindService("gone"));
        Assert.Equal("gone", rig.Of(EffectKind.ForgetService).Last().Service!.Name);
    }

    [Fact]
    [Rule("PEINIT-165")]
    public void ReloadAfterOverflow_WithErrors_KeepsTheModelAndLogs()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Feed(Input.ReloadConfiguration(new Configuration { Definitions = [Rig.Simple("z") with { Errors = ["bad"] }] }, 0));
        Assert.NotNull(rig.Machine.FindService("a"));
        Assert.Contains(LogMessage.ConfigurationRefused, rig.Effects.Select(e => e.Message));
        Assert.Equal(0, rig.Count(EffectKind.Reply));
    }

    [Fact]
    [Rule("PEINIT-104", "PEINIT-159")]
    public void Definition_BecomesInvalid_StopsNothingButTheNextStart()
    {
        Rig rig = new(Rig.Simple("a") with { StopTimeout = 7 });
        rig.Up("a");
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a") with { Errors = ["bad"], StopTimeout = 99 }));
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.Stop("a");
        Assert.Equal(rig.Now + (7 * Rig.Second), rig.Service("a").PhaseDeadline.At);
        rig.Exit("a");
        rig.Start("a");
        Assert.Equal(Cause.ValidationError, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-159")]
    public void Definition_ClassRChanges_HoldFromTheNextRelevantOperation()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Up("a");
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a") with { StopTimeout = 3, ReloadSignal = 12, Identity = "x", BindsTo = ["y"] }));
        rig.Command(OperationType.Reload, "a");
        Assert.Equal(12, rig.Of(EffectKind.SendSignal).Last().Number);
        rig.Stop("a");
        Assert.Equal(rig.Now + (3 * Rig.Second), rig.Service("a").PhaseDeadline.At);
        Assert.Empty(rig.Service("a").Activation!.BindsTo);
    }

    [Fact]
    [Rule("PEINIT-166")]
    public void Definition_ChangesWhileAStartWaits_TheStartLooksAtTheNewOne()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b"));
        rig.Start("a");
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a")));
        Assert.Equal(ServiceState.Starting, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-168")]
    public void Definition_RemovedWhileAStartWaits_CancelsIt()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b"));
        long request = rig.Start("a");
        rig.Feed(Input.DefinitionRemoved("A"));
        Assert.Equal((ReplyCode.OperationCancelled, null), (rig.ReplyTo(request)!.Value.Code, rig.Machine.FindService("a")));
        rig.Ready("b");
    }

    [Fact]
    [Rule("PEINIT-150")]
    public void Definition_WithMalformedSecurity_KeepsTheLastGoodOne()
    {
        Rig rig = new(Rig.Simple("a") with { Security = [7] });
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a") with { Security = [1], KeepsOldSecurity = true }));
        Assert.Equal([7], rig.Service("a").Model!.Security!);
    }

    [Fact]
    [Rule("PEINIT-163", "PEINIT-005")]
    public void Definition_SpelledDifferently_IsTheSameService()
    {
        Rig rig = new(Rig.Simple("App"));
        rig.Feed(Input.DefinitionChanged(Rig.Simple("APP")));
        Assert.Equal(("APP", 2), (rig.Service("app").Name, rig.Machine.Services.Count));
    }
}
