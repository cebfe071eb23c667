// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>ExecStartPre, ExecStartPost and reload commands: one at a time, each a job of its own in <c>hooks/</c> (PEINIT-178 to 180, 199 to 201).</summary>
internal sealed class Hooks(Machine machine)
{
    /// <summary>Starts a pre-hook, or, after the last one, clears <c>hooks/</c> and goes on to the main process.</summary>
    public void NextPreHook(Service service, int index)
    {
        CommandLine[] hooks = service.Activation!.ExecStartPre;
        if (index < hooks.Length)
        {
            service.Phase = ActivationPhase.PreHook;
            service.HookJob = machine.JobTable.Create(service, JobType.PreExecHook, service.Activation, hooks[index], index);
        }
        else if (service.HooksUsed)
        {
            service.Phase = ActivationPhase.PreHookDrain;
            machine.Stopping.Kill(service, CgroupPart.Hooks);
        }
        else
        {
            machine.Activation.StartMain(service);
        }
    }

    /// <summary>Starts a post hook, or, after the last one, releases the dependents.</summary>
    public void NextPostHook(Service service, int index)
    {
        CommandLine[] hooks = service.Activation!.ExecStartPost;
        if (index >= hooks.Length)
        {
            machine.Deadlines.Disarm(service.PostHookDeadline);
            machine.Activation.Release(service);
            return;
        }

        service.Phase = ActivationPhase.PostHook;
        if (index == 0)
        {
            long limit = Duration.Seconds(service.Activation.StartTimeout);
            machine.Deadlines.Arm(service.PostHookDeadline, Duration.After(machine.Now.Monotonic, limit));
        }

        service.HookJob = machine.JobTable.Create(service, JobType.PostExecHook, service.Activation, hooks[index], index);
    }

    /// <summary>A hook or reload command ended, outside of a drain.</summary>
    public void Ended(Job job, bool good)
    {
        Service service = job.Service;
        bool wanted = service.State != ServiceState.Stopping;
        if (!good && wanted)
        {
            bool fatal = job.Type == JobType.PreExecHook;
            machine.Log(fatal ? LogLevel.Error : LogLevel.Warning, LogMessage.HookFailed, service, null, 0, job);
        }

        switch (service.Phase)
        {
            case ActivationPhase.PreHook when job.Type == JobType.PreExecHook && good:
                NextPreHook(service, job.HookIndex + 1);
                break;
            case ActivationPhase.PreHook when job.Type == JobType.PreExecHook:
                service.LastErrno = job.Errno;
                machine.Stopping.Fail(service, Cause.PreHookFailure);
                break;
            case ActivationPhase.PostHook when job.Type == JobType.PostExecHook:
                NextPostHook(service, job.HookIndex + 1);
                break;
            case ActivationPhase.PostHookDrain:
                Cleared(service);
                break;
        }
    }

    /// <summary>The post hooks have had their time: they are killed, the service goes on (PEINIT-201).</summary>
    public void PostHooksOver(Service service)
    {
        if (service.Phase == ActivationPhase.PostHook)
        {
            machine.Log(LogLevel.Warning, LogMessage.PostHooksTimeout, service, null, Words.Number(service.Activation!.StartTimeout));
            EndPostHooks(service);
        }
    }

    /// <summary>Kills post hooks; their end goes on in <see cref="Cleared"/>.</summary>
    public void EndPostHooks(Service service)
    {
        machine.Deadlines.Disarm(service.PostHookDeadline);
        service.Phase = ActivationPhase.PostHookDrain;
        machine.JobTable.EndUnborn(service.HookJob);
        machine.Stopping.Kill(service, CgroupPart.Hooks);
        Cleared(service);
    }

    /// <summary><c>hooks/</c> is empty, or what is left was given up: who waited for it goes on.</summary>
    public void Cleared(Service service)
    {
        if (service.HooksKill != 0 || service.HookJob is not null)
        {
            return;
        }

        switch (service.Phase)
        {
            case ActivationPhase.PreHookDrain:
                machine.Activation.StartMain(service);
                break;
            case ActivationPhase.PostHookDrain when service.StopReason != StopReason.None:
                machine.Stopping.ClearCompleted(service);
                break;
            case ActivationPhase.PostHookDrain:
                machine.Activation.Release(service);
                break;
        }
    }
}
