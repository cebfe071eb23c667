// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Restart policy, budget, delays, OnFailure and Critical.</summary>
public sealed class RestartTests
{
    [Theory]
    [InlineData(RestartPolicy.Never, 1, false)]
    [InlineData(RestartPolicy.OnFailure, 1, true)]
    [InlineData(RestartPolicy.OnFailure, 0, false)]
    [InlineData(RestartPolicy.OnFailure, 3, false)]
    [InlineData(RestartPolicy.Always, 0, true)]
    [Rule("PEINIT-228", "PEINIT-229", "PEINIT-232")]
    public void Crash_Policy_DecidesByExitCode(RestartPolicy policy, int code, bool again)
    {
        Rig rig = new(Rig.Simple("a") with { RestartPolicy = policy, SuccessExitCodes = [3] });
        rig.Up("a");
        rig.Exit("a", code);
        Assert.Equal(again ? ServiceState.Starting : ServiceState.Failed, rig.State("a"));
        Assert.Equal(Cause.ProcessCrash, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-226", "PEINIT-230", "PEINIT-231", "PEINIT-234", "PEINIT-236")]
    public void Crash_AgainAndAgain_WaitsTwiceAsLongUntilTheBudgetIsGone()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Start("a");
        foreach (int delay in new[] { 1, 2, 4, 8, 16 })
        {
            rig.Exit("a", 1);
            Assert.Null(rig.Service("a").MainJob);
            rig.Advance(delay - 0.01);
            Assert.Equal((ServiceState.Starting, Cause.ProcessCrash), (rig.State("a"), rig.Service("a").Cause));
            rig.Advance(0.02);
            Assert.Equal(Cause.RestartPolicy, rig.Service("a").Cause);
        }

        rig.Exit("a", 1);
        Assert.Equal((ServiceState.Failed, Cause.RestartBudgetExhausted), (rig.State("a"), rig.Service("a").Cause));
    }

    [Theory]
    [InlineData(1u, 0, 1u)]
    [InlineData(1u, 5, 32u)]
    [InlineData(1u, 6, 60u)]
    [InlineData(1u, 1000, 60u)]
    [InlineData(0u, 30, 0u)]
    [InlineData(uint.MaxValue, 0, 60u)]
    [InlineData(uint.MaxValue, 40, 60u)]
    [Rule("PEINIT-234")]
    public void Delay_Doubles_AndIsCapped(uint first, int failures, uint delay) => Assert.Equal(delay, Restart.Delay(first, failures));

    [Fact]
    [Rule("PEINIT-230")]
    public void Budget_OldRestarts_LeaveTheWindow()
    {
        Rig rig = new(Rig.Simple("a") with { RestartMaxRetries = 1, RestartWindow = 10, RestartDelay = 0 });
        rig.Start("a");
        rig.Exit("a", 1);
        rig.Advance(10);
        rig.Exit("a", 1);
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        rig.Advance(9);
        rig.Exit("a", 1);
        Assert.Equal(Cause.RestartBudgetExhausted, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-235")]
    public void Budget_ActiveForTheWindow_StartsAnew()
    {
        Rig rig = new(Rig.Simple("a") with { RestartMaxRetries = 5, RestartWindow = 10 });
        rig.Up("a");
        rig.Exit("a", 1);
        rig.Advance(1);
        rig.Ready("a");
        rig.Advance(10);
        rig.Exit("a", 1);
        Assert.Equal((1, 1), (rig.Service("a").Failures, rig.Service("a").Restarts.Count));
    }

    [Fact]
    [Rule("PEINIT-309", "PEINIT-315")]
    public void RestartDelay_StartMergesAndStopCancels()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Up("a");
        rig.Exit("a", 1);
        Operation policy = rig.Service("a").CurrentOperation!;
        Assert.Equal((OperationSource.RestartPolicy, OperationState.Pending), (policy.Source, policy.State));
        long start = rig.Start("a");
        rig.Stop("a");
        Assert.Equal(OperationState.Cancelled, policy.State);
        Assert.Equal(ReplyCode.OperationCancelled, rig.ReplyTo(start)?.Code);
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
        rig.Advance(10);
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-233")]
    public void Oneshot_Succeeds_IsNotRestartedEvenAlways()
    {
        Rig rig = new(Rig.Oneshot("a") with { RestartPolicy = RestartPolicy.Always });
        rig.Start("a");
        rig.Exit("a");
        rig.Advance(100);
        Assert.Equal(ServiceState.Completed, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-224", "PEINIT-226")]
    public void OnFailure_FinalFailure_StartsTheTargetOnlyThen()
    {
        Rig rig = new(Rig.Simple("a") with { OnFailure = "b", RestartMaxRetries = 1 }, Rig.Simple("b"));
        rig.Start("a");
        rig.Exit("a", 1);
        Assert.Equal(ServiceState.Inactive, rig.State("b"));
        rig.Advance(1);
        rig.Exit("a", 1);
        Assert.Equal((ServiceState.Starting, Cause.ExplicitStart), (rig.State("b"), rig.Service("b").Cause));
    }

    [Fact]
    [Rule("PEINIT-224")]
    public void OnFailure_TwoThatNameEachOther_DoNotLoopForEver()
    {
        Rig rig = new(Rig.Simple("a") with { OnFailure = "b", Errors = ["x"] }, Rig.Simple("b") with { OnFailure = "a", Errors = ["x"] });
        rig.Start("a");
        Assert.Equal((ServiceState.Failed, ServiceState.Failed), (rig.State("a"), rig.State("b")));
        Assert.True(rig.Count(EffectKind.OperationRequested, "b") <= 5);
    }

    [Theory]
    [InlineData(RestartPolicy.Never)]
    [InlineData(RestartPolicy.OnFailure)]
    [Rule("PEINIT-237", "PEINIT-059")]
    public void Critical_FinalFailure_RebootsAtOnce(RestartPolicy policy)
    {
        Rig rig = new(Rig.Simple("a") with { Critical = true, RestartPolicy = policy, RestartMaxRetries = 0 });
        rig.Start("a");
        rig.Exit("a", 1);
        Assert.Equal("a", rig.Of(EffectKind.CriticalReboot).Single().Service!.Name);
        Assert.True(rig.Machine.IsFinished);
        rig.Start("registryd");
        Assert.Equal(EffectKind.CriticalReboot, rig.Effects[^1].Kind);
    }

    [Fact]
    [Rule("PEINIT-238")]
    public void Critical_OtherCauses_DoNotReboot()
    {
        Rig rig = new(Rig.Simple("a") with { Critical = true, Requires = ["nobody"] }, Rig.Simple("b") with { Critical = true, Errors = ["x"] });
        rig.Start("a");
        rig.Start("b");
        Assert.Equal(0, rig.Count(EffectKind.CriticalReboot));
        Assert.False(rig.Machine.IsFinished);
    }

    [Fact]
    [Rule("PEINIT-287")]
    public void Restart_EachStart_IsANewJob()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Start("a");
        System.Guid first = rig.Service("a").MainJob!.Id;
        rig.Exit("a", 1);
        rig.Advance(1);
        Assert.NotEqual(first, rig.Service("a").MainJob!.Id);
        Assert.Equal(4, rig.Service("a").MainJob!.Id.ToByteArray()[7] >> 4);
    }

    [Fact]
    public void History_ManyRestarts_AreBounded()
    {
        RestartHistory history = new(new SavedRecord());
        for (int i = 0; i < 10_000; i++)
        {
            history.Add(i);
        }

        Assert.Equal(RestartHistory.Limit, history.Count);
        Assert.Equal(10_000 - RestartHistory.Limit, history[0]);
        Assert.Equal(9, history.CountSince(9_990));
    }

    [Fact]
    [Rule("PEINIT-159")]
    public void Crash_PolicyChangedMeanwhile_CurrentModelDecides()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Up("a");
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a") with { RestartPolicy = RestartPolicy.Never }));
        rig.Exit("a", 1);
        Assert.Equal(ServiceState.Failed, rig.Machine.Services.Single(s => s.Name == "a").State);
    }
}
