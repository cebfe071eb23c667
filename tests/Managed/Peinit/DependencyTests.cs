// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Requires, Wants, BindsTo, Conflicts and the order of starts.</summary>
public sealed class DependencyTests
{
    [Fact]
    [Rule("PEINIT-202", "PEINIT-259", "PEINIT-275", "PEINIT-307")]
    public void Start_WithRequires_WaitsUntilTheTargetIsReady()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["B"] }, Rig.Simple("b"));
        rig.Start("a");
        Assert.Equal((ServiceState.Inactive, ServiceState.Starting), (rig.State("a"), rig.State("b")));
        Assert.Equal(Cause.DependencyStart, rig.Service("b").Cause);
        rig.Ready("b");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Rule("PEINIT-259", "PEINIT-276", "PEINIT-308")]
    public void Start_TargetFails_FailsTheDependentButNotTheOneThatOnlyWants(bool requires)
    {
        ServiceDefinition a = Rig.Simple("a");
        Rig rig = new(requires ? a with { Requires = ["b"] } : a with { Wants = ["b"] }, Rig.Simple("b") with { RestartPolicy = RestartPolicy.Never });
        long request = rig.Start("a");
        rig.Exit("b", 1);
        Assert.Equal(requires ? ServiceState.Failed : ServiceState.Starting, rig.State("a"));
        Assert.Equal(requires ? ReplyCode.OperationFailed : null, rig.ReplyTo(request)?.Code);
        Assert.Equal(requires ? Cause.DependencyFailure : Cause.ExplicitStart, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-276")]
    public void Start_TargetFails_FailsWaitingDependentsTransitively()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b") with { BindsTo = ["c"] }, Rig.Simple("c") with { RestartPolicy = RestartPolicy.Never });
        rig.Start("a");
        rig.Exit("c", 1);
        Assert.Equal((ServiceState.Failed, Cause.DependencyFailure), (rig.State("a"), rig.Service("a").Cause));
        Assert.Equal(Cause.DependencyFailure, rig.Service("b").Cause);
    }

    [Fact]
    [Rule("PEINIT-226", "PEINIT-275")]
    public void Start_TargetIsRetried_DependentKeepsWaiting()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b"));
        rig.Start("a");
        rig.Exit("b", 1);
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
        rig.Advance(1);
        rig.Ready("b");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-259", "PEINIT-274")]
    public void Start_MissingTarget_FailsByNameUnlessOnlyWanted()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["nobody"] }, Rig.Simple("b") with { Wants = ["nobody"] });
        rig.Start("a");
        rig.Start("b");
        Assert.Equal(Cause.DependencyFailure, rig.Service("a").Cause);
        Assert.Contains(rig.Of(EffectKind.Log), e => e is { Message: LogMessage.TargetMissing, Text: "nobody", Key: "Requires" });
        Assert.Equal(ServiceState.Starting, rig.State("b"));
    }

    [Fact]
    [Rule("PEINIT-093", "PEINIT-259")]
    public void Start_DisabledTarget_IsNotPulledInByWantsButByRequires()
    {
        Rig rig = new(Rig.Simple("w") with { Wants = ["d"] }, Rig.Simple("r") with { Requires = ["d"] }, Rig.Simple("d", true) with { Disabled = true });
        rig.Start("w");
        Assert.Equal((ServiceState.Starting, ServiceState.Inactive), (rig.State("w"), rig.State("d")));
        rig.Start("r");
        Assert.Equal(ServiceState.Starting, rig.State("d"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Rule("PEINIT-087", "PEINIT-262", "PEINIT-389")]
    public void Oneshot_Succeeds_SatisfiesDependentsWhetherItRemainsOrNot(bool remain)
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["o", "b"] }, Rig.Oneshot("o", remain), Rig.Simple("b"));
        rig.Start("a");
        rig.Exit("o");
        Assert.Equal(remain ? ServiceState.Completed : ServiceState.Inactive, rig.State("o"));
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
        rig.Ready("b");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-261", "PEINIT-263", "PEINIT-239", "PEINIT-259")]
    public void BindsTo_TargetCrashesAndRecovers_DependentStopsAndComesBack()
    {
        Rig rig = new(Rig.Simple("a") with { BindsTo = ["b"] }, Rig.Simple("b"));
        rig.Start("a");
        rig.Ready("b");
        rig.Ready("a");
        rig.Exit("b", 1);
        Assert.Equal(ServiceState.Stopping, rig.State("a"));
        rig.Exit("a");
        Assert.Equal((ServiceState.Failed, Cause.BindsToPropagation), (rig.State("a"), rig.Service("a").Cause));
        rig.Advance(1);
        rig.Ready("b");
        Assert.Equal((ServiceState.Starting, Cause.BindsToRecovery), (rig.State("a"), rig.Service("a").Cause));
        Assert.Equal(0, rig.Service("a").Restarts.Count);
    }

    [Fact]
    [Rule("PEINIT-259")]
    public void Requires_TargetStops_LeavesTheDependentAlone()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b"));
        rig.Start("a");
        rig.Ready("b");
        rig.Ready("a");
        rig.Stop("b");
        rig.Exit("b");
        Assert.Equal((ServiceState.Active, ServiceState.Inactive), (rig.State("a"), rig.State("b")));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    [Rule("PEINIT-264", "PEINIT-265", "PEINIT-266")]
    public void Conflicts_OtherRuns_IsStoppedFirstWhoeverDeclaredIt(string running, string starting)
    {
        Rig rig = new(Rig.Simple("a") with { Conflicts = ["b"] }, Rig.Simple("b"));
        rig.Up(running);
        rig.Start(starting);
        Assert.Equal((ServiceState.Stopping, ServiceState.Inactive), (rig.State(running), rig.State(starting)));
        rig.Exit(running);
        Assert.Equal((ServiceState.Failed, Cause.ConflictEviction), (rig.State(running), rig.Service(running).Cause));
        Assert.Equal(ServiceState.Starting, rig.State(starting));
    }

    [Fact]
    [Rule("PEINIT-266")]
    public void Conflicts_OtherIsUnkillable_StartFails()
    {
        Rig rig = new(Rig.Simple("a") with { Conflicts = ["b"] }, Rig.Simple("b"));
        rig.Up("b");
        rig.Holds = e => e.Kind == EffectKind.KillCgroup;
        rig.Start("a");
        rig.Advance(16);
        Assert.Equal((ServiceState.Abandoned, ServiceState.Failed), (rig.State("b"), rig.State("a")));
        Assert.Equal(Cause.DependencyFailure, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-270", "PEINIT-271", "PEINIT-280", "PEINIT-267")]
    public void Start_Cycle_FailsItsMembersAndNamesThePath()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b") with { Wants = ["c"] }, Rig.Simple("c") with { BindsTo = ["a"] }, Rig.Simple("s") with { Wants = ["s"] });
        long request = rig.Start("b");
        Assert.Equal(Cause.CycleDetected, rig.Service("b").Cause);
        Assert.Contains(rig.Of(EffectKind.Log), e => e is { Message: LogMessage.Cycle, Text: "a -> b -> c -> a" });
        Assert.Equal(ReplyCode.OperationFailed, rig.ReplyTo(request)?.Code);
        rig.Start("s");
        Assert.Equal(Cause.CycleDetected, rig.Service("s").Cause);
    }

    [Fact]
    [Rule("PEINIT-279")]
    public void Start_TargetRuns_IsNotStartedAgain()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b"));
        rig.Up("b");
        int requested = rig.Count(EffectKind.OperationRequested, "b");
        rig.Start("a");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        Assert.Equal(requested, rig.Count(EffectKind.OperationRequested, "b"));
    }

    [Fact]
    [Rule("PEINIT-055", "PEINIT-056")]
    public void Boot_ManyReady_StartInOrdinalOrderWithinTheLimit()
    {
        string[] names = ["d", "B", "c", "a", "E"];
        Rig rig = new(new Configuration { Definitions = [.. names.Select(n => Rig.Simple(n, true))], MaxParallelStarts = 2 });
        Assert.Equal(["B", "E"], Starting(rig));
        rig.Ready("B");
        Assert.Equal(["E", "a"], Starting(rig));
        rig.Exit("E", 1);
        Assert.Equal(["E", "a", "c"], Starting(rig));
        Assert.False(rig.Service("E").HoldsSlot);
    }

    [Fact]
    [Rule("PEINIT-056")]
    public void Slot_BecomesFree_GoesToTheFirstNameNotToTheFirstToBeReady()
    {
        Rig rig = new(new Configuration { Definitions = [Rig.Simple("a"), Rig.Simple("b"), Rig.Simple("z")], MaxParallelStarts = 1 });
        rig.Start("z");
        rig.Start("b");
        rig.Start("a");
        rig.Ready("z");
        Assert.Equal(["a"], Starting(rig));
    }

    [Fact]
    [Rule("PEINIT-201")]
    public void Start_TargetHasPostHooks_DependentWaitsForTheirEnd()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b") with { ExecStartPost = [new CommandLine("/h", [])] });
        rig.Start("a");
        rig.Ready("b");
        Assert.Equal((ServiceState.Active, ServiceState.Inactive), (rig.State("b"), rig.State("a")));
        rig.ExitHook("b", 1);
        Assert.Equal((ServiceState.Active, ServiceState.Starting), (rig.State("b"), rig.State("a")));
    }

    private static string[] Starting(Rig rig) => [.. rig.Machine.Services.Where(s => s.State == ServiceState.Starting).Select(s => s.Name)];
}
