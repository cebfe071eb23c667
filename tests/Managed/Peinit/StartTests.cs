// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>The start sequence: checks, cgroup, hooks, token, fork, exec, readiness, and what follows.</summary>
public sealed class StartTests
{
    private static readonly CommandLine Hook = new("/bin/hook", ["x"]);

    [Fact]
    [Rule("PEINIT-176", "PEINIT-179", "PEINIT-180", "PEINIT-135", "PEINIT-282")]
    public void Start_WithHooks_RunsTheStepsInOrder()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPre = [Hook, Hook], ExecStartPost = [Hook], HookIdentity = "NetworkService" });
        rig.Start("a");
        rig.ExitHook("a");
        rig.ExitHook("a");
        rig.Ready("a");
        rig.ExitHook("a");
        EffectKind[] kinds = [EffectKind.CreateCgroup, EffectKind.JobCreated, EffectKind.RequestToken, EffectKind.Spawn, EffectKind.KillCgroup];
        string[] steps = [.. rig.Effects.Where(e => e.Service?.Name == "a" && kinds.Contains(e.Kind)).Select(e => e.Kind + (e.Job is null ? "" : " " + e.Job.Type))];
        string[] pre = ["JobCreated PreExecHook", "RequestToken PreExecHook", "Spawn PreExecHook"];
        Assert.Equal(
            ["CreateCgroup", .. pre, .. pre, "KillCgroup", "JobCreated ServiceMain", "RequestToken ServiceMain", "Spawn ServiceMain", "JobCreated PostExecHook", "RequestToken PostExecHook", "Spawn PostExecHook"],
            steps);
        Assert.Equal(["NetworkService", "NetworkService", "SYSTEM", "NetworkService"], rig.Of(EffectKind.Spawn).Where(e => e.Service!.Name == "a").Select(e => e.Job!.Identity));
    }

    [Theory]
    [InlineData(CheckOutcome.ConditionFailed, ServiceState.Skipped, Cause.ConditionSkipped, ReplyCode.Ok)]
    [InlineData(CheckOutcome.AssertFailed, ServiceState.Failed, Cause.AssertionError, ReplyCode.OperationFailed)]
    [InlineData(CheckOutcome.Passed, ServiceState.Starting, Cause.ExplicitStart, null)]
    [Rule("PEINIT-108", "PEINIT-109", "PEINIT-110", "PEINIT-305")]
    public void Start_Checks_DecideBeforeAnythingElse(CheckOutcome outcome, ServiceState state, Cause cause, ReplyCode? reply)
    {
        Rig rig = new(Rig.Simple("a") with { Conditions = [new StartCheck(CheckKind.Path, "/x")], Requires = ["b"] }, Rig.Simple("b"))
        {
            Holds = e => e.Kind == EffectKind.RunChecks,
        };
        rig.Up("b");
        long request = rig.Start("a");
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
        rig.Feed(Input.ChecksDone(rig.Service("a"), rig.Of(EffectKind.RunChecks).Single().Number, outcome, "path:/x"));
        Assert.Equal((state, cause, reply), (rig.State("a"), rig.Service("a").Cause, rig.ReplyTo(request)?.Code));
    }

    [Fact]
    [Rule("PEINIT-110")]
    public void ChecksDone_OfAnEarlierAttempt_IsIgnored()
    {
        Rig rig = new(Rig.Simple("a") with { Asserts = [new StartCheck(CheckKind.Path, "/x")] }) { Holds = e => e.Kind == EffectKind.RunChecks };
        rig.Start("a");
        rig.Stop("a");
        rig.Start("a");
        rig.Feed(Input.ChecksDone(rig.Service("a"), rig.Of(EffectKind.RunChecks)[0].Number, CheckOutcome.Passed, null));
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-103", "PEINIT-384")]
    public void Start_InvalidDefinition_FailsWithAllErrors()
    {
        Rig rig = new(Rig.Simple("a") with { Errors = ["one", "two"] });
        Effect reply = rig.ReplyTo(rig.Command(OperationType.Start, "a", false))!.Value;
        Assert.Equal((ReplyCode.ValidationFailed, ServiceState.Failed), (reply.Code, rig.State("a")));
        Assert.Equal(["one", "two"], reply.Lines!);
        Assert.Equal(0, rig.Count(EffectKind.CreateCgroup, "a"));
    }

    [Fact]
    [Rule("PEINIT-171")]
    public void Start_OldTreeBusy_UsesTheNextGeneration()
    {
        Rig rig = new(Rig.Simple("a/b")) { Holds = e => e.Kind == EffectKind.CreateCgroup };
        rig.Start("a/b");
        Assert.Equal("a-b", rig.Service("a/b").CgroupPath);
        rig.Feed(Input.CgroupBusy(rig.Service("a/b")));
        rig.Feed(Input.CgroupBusy(rig.Service("a/b")));
        rig.Feed(Input.CgroupReady(rig.Service("a/b")));
        Assert.Equal(("a-b.gen2", 2), (rig.Service("a/b").CgroupPath, rig.Service("a/b").MainJob!.CgroupGeneration));
    }

    [Fact]
    [Rule("PEINIT-170", "PEINIT-171")]
    public void Cgroup_NamesThatMeet_NeverShareATree()
    {
        Rig rig = new(Rig.Simple("a-b"), Rig.Simple("a/b"), Rig.Simple("a-b.gen1"), Rig.Simple("a-b.dup1")) { Holds = e => e.Kind == EffectKind.CreateCgroup };
        rig.Start("a-b");
        rig.Feed(Input.CgroupBusy(rig.Service("a-b")));
        Assert.Equal(5, rig.Machine.Services.Select(s => s.CgroupPath).Distinct().Count());
        Assert.Equal("a-b.gen2", rig.Service("a-b").CgroupPath);
    }

    [Theory]
    [InlineData("cgroup", Cause.ParentSetupFailure)]
    [InlineData("token", Cause.ParentSetupFailure)]
    [InlineData("fork", Cause.ParentSetupFailure)]
    [InlineData("exec", Cause.PreExecFailure)]
    [Rule("PEINIT-176", "PEINIT-181", "PEINIT-185", "PEINIT-390", "PEINIT-139")]
    public void Start_StepFails_FailsWithItsCauseAndErrno(string step, Cause cause)
    {
        EffectKind held = step == "cgroup" ? EffectKind.CreateCgroup : step == "token" ? EffectKind.RequestToken : EffectKind.Spawn;
        Rig rig = new(Rig.Simple("a") with { RestartPolicy = RestartPolicy.Never }) { Holds = e => e.Kind == held };
        long request = rig.Start("a");
        Job? job = rig.Service("a").MainJob;
        rig.Feed(step switch
        {
            "cgroup" => Input.CgroupFailed(rig.Service("a"), 28),
            "token" => Input.TokenFailed(job!, 28),
            "fork" => Input.SpawnFailed(job!, 28),
            _ => Input.Spawned(job!, 50),
        });
        if (step == "exec")
        {
            rig.Feed(Input.ExecFailed(job!, 9, 28));
        }

        Effect reply = rig.ReplyTo(request)!.Value;
        Assert.Equal((ServiceState.Failed, cause, ReplyCode.OperationFailed, 28), (rig.State("a"), rig.Service("a").Cause, reply.Code, reply.Number));
        Assert.Equal(job is null ? 0 : 1, rig.Count(EffectKind.JobEnded, "a"));
    }

    [Fact]
    [Rule("PEINIT-187")]
    public void Exec_Fails_VerdictOverridesTheExitCode()
    {
        Rig rig = new(Rig.Oneshot("a") with { SuccessExitCodes = [127], RestartPolicy = RestartPolicy.Never }) { Holds = e => e.Kind is EffectKind.Spawn or EffectKind.KillCgroup };
        rig.Start("a");
        Job job = rig.Service("a").MainJob!;
        rig.Feed(Input.Spawned(job, 50));
        rig.Feed(Input.ExecFailed(job, 9, 2));
        rig.Feed(Input.ChildExited(50, 127, 0));
        Assert.Equal((JobState.Failed, Cause.PreExecFailure), (job.State, job.FailureCause));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Rule("PEINIT-178", "PEINIT-200")]
    public void Hook_Fails_OnlyAPreHookFailsTheService(bool pre)
    {
        ServiceDefinition a = Rig.Simple("a") with { RestartPolicy = RestartPolicy.Never };
        Rig rig = new(pre ? a with { ExecStartPre = [Hook, Hook] } : a with { ExecStartPost = [Hook] });
        rig.Start("a");
        if (!pre)
        {
            rig.Ready("a");
        }

        rig.ExitHook("a", 1);
        Assert.Equal(pre ? ServiceState.Failed : ServiceState.Active, rig.State("a"));
        Assert.Contains(LogMessage.HookFailed, rig.Logged("a"));
        Assert.Equal(pre ? Cause.PreHookFailure : Cause.ExplicitStart, rig.Service("a").Cause);
        Assert.Null(rig.Service("a").HookJob);
    }

    [Fact]
    [Rule("PEINIT-201")]
    public void PostHooks_TakeTooLong_AreKilledAndTheServiceGoesOn()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPost = [Hook], StartTimeout = 5 });
        rig.Up("a");
        rig.Advance(4.9);
        Assert.False(rig.Service("a").IsReleased);
        rig.Advance(0.2);
        Assert.True(rig.Service("a").IsReleased);
        Assert.Equal(ServiceState.Active, rig.State("a"));
    }

    [Theory]
    [InlineData(nameof(ActivationPhase.PreHook))]
    [InlineData(nameof(ActivationPhase.Main))]
    [InlineData(nameof(ActivationPhase.Readiness))]
    [Rule("PEINIT-177", "PEINIT-220", "PEINIT-139")]
    public void StartTimeout_AnyStep_KillsTheTreeAtOnce(string phase)
    {
        ServiceDefinition a = Rig.Simple("a") with { StartTimeout = 3, RestartPolicy = RestartPolicy.Never };
        Rig rig = new(phase == nameof(ActivationPhase.PreHook) ? a with { ExecStartPre = [Hook] } : a);
        rig.Holds = e => phase == nameof(ActivationPhase.Main) && e.Kind == EffectKind.RequestToken;
        rig.Start("a");
        Assert.Equal(phase, rig.Service("a").Phase.ToString());
        rig.Advance(3);
        Assert.Equal((ServiceState.Failed, Cause.ReadinessTimeout), (rig.State("a"), rig.Service("a").Cause));
        Assert.Equal(0, rig.Count(EffectKind.SendSignal, "a"));
        Assert.DoesNotContain(rig.Machine.Jobs, job => job.Service.Name == "a");

        // The one who reads the log is told what was waited for.
        LogMessage expected = rig.Holds(new Effect { Kind = EffectKind.RequestToken }) ? LogMessage.TokenTimeout : LogMessage.StartTimeout;
        Assert.Contains(rig.Of(EffectKind.Log), e => e.Message == expected);
    }

    [Fact]
    [Rule("PEINIT-198")]
    public void Alive_ExecSucceeds_IsActive()
    {
        Rig rig = new(Rig.Simple("a") with { Readiness = Readiness.Alive });
        rig.Start("a");
        Assert.Equal(ServiceState.Active, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-085", "PEINIT-086", "PEINIT-235")]
    public void Oneshot_SuccessExitCode_IsCompletedWhateverItSaid()
    {
        Rig rig = new(Rig.Oneshot("a") with { SuccessExitCodes = [3] });
        rig.Start("a");
        rig.Ready("a");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        rig.Exit("a", 3);
        Assert.Equal(ServiceState.Completed, rig.State("a"));
        Assert.Equal(JobState.Completed, rig.Of(EffectKind.JobEnded).Last().Job!.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [Rule("PEINIT-217")]
    public void Simple_ExitsByItself_IsACrashWhateverItsCode(int code)
    {
        Rig rig = new(Rig.Simple("a") with { RestartPolicy = RestartPolicy.Never });
        rig.Up("a");
        rig.Exit("a", code);
        Assert.Equal((ServiceState.Failed, Cause.ProcessCrash), (rig.State("a"), rig.Service("a").Cause));
    }

    [Fact]
    [Rule("PEINIT-218", "PEINIT-219")]
    public void Main_LeavesUnkillableProcesses_IsAbandonedThroughStopping()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Up("a");
        rig.Holds = e => e.Kind == EffectKind.KillCgroup;
        rig.Exit("a", 1);
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.Advance(5);
        Assert.Equal(["a Active>Stopping ProcessUnkillable", "a Stopping>Abandoned ProcessUnkillable"], rig.Transitions.TakeLast(2));
        rig.Feed(Input.CgroupEmpty(rig.Service("a"), CgroupPart.Main, rig.Of(EffectKind.KillCgroup).Last().Number));
        Assert.Equal(ServiceState.Abandoned, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-211", "PEINIT-212")]
    public void Hooks_LeaveUnkillableProcesses_AreReportedAndTheStartGoesOn()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPre = [Hook] }) { Holds = e => e.Kind == EffectKind.KillCgroup };
        rig.Start("a");
        rig.ExitHook("a");
        Assert.Equal(ActivationPhase.PreHookDrain, rig.Service("a").Phase);
        rig.Advance(5);
        rig.Ready("a");
        Assert.Equal(ServiceState.Active, rig.State("a"));
        Assert.Equal(("a/hooks", CgroupPart.Hooks), (rig.Service("a").Warnings.Single().Path, rig.Service("a").Warnings.Single().Part));
    }

    [Fact]
    [Rule("PEINIT-216", "PEINIT-431")]
    public void Ready_FromAnotherPid_IsRejected()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Start("a");
        int old = rig.Service("a").MainJob!.Pid;
        rig.Exit("a", 1);
        rig.Advance(1);
        rig.Feed(Input.Notify(old, new NotifyFields { Ready = true }));
        rig.Feed(Input.Notify(1, new NotifyFields { Ready = true }));
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        Assert.Contains(LogMessage.NotifyRejected, rig.Effects.Select(e => e.Message));
    }

    [Fact]
    [Rule("PEINIT-429", "PEINIT-431")]
    public void Ready_FromAHookOfTheService_IsRejected()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPost = [Hook], WatchdogTimeout = 3 });
        rig.Up("a");
        rig.Feed(Input.Notify(rig.Service("a").HookJob!.Pid, new NotifyFields { Status = "mine", Stopping = true }));
        Assert.Equal((null, false), (rig.Service("a").StatusText, rig.Service("a").AnnouncedStopping));
        Assert.Contains(LogMessage.NotifyRejected, rig.Effects.Select(e => e.Message));
    }

    [Fact]
    [Rule("PEINIT-157", "PEINIT-158", "PEINIT-161")]
    public void Definition_ChangesWhileStarting_CountsFromTheNextStart()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Start("a");
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a") with { ImagePath = "/bin/new" }));
        Assert.Equal("/bin/a", rig.Service("a").Activation!.ImagePath);
        rig.Ready("a");
        rig.Stop("a");
        rig.Exit("a");
        rig.Start("a");
        Assert.Equal("/bin/new", rig.Service("a").MainJob!.Path);
    }
}
