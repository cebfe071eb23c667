// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Peinit.Core;

/// <summary>The words of peinit's own log lines: service, cause, what peinit did and, where possible, what to do (PEINIT-227).</summary>
public static class LogText
{
    /// <summary>Writes the line of a <see cref="EffectKind.Log"/> or <see cref="EffectKind.Transition"/> effect, without newline.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="destination">Receives UTF-16 text; what does not fit is cut.</param>
    /// <returns>The number of characters written.</returns>
    public static int Format(in Effect effect, Span<char> destination)
    {
        string text = Text(effect);
        int length = Math.Min(text.Length, destination.Length);
        text.AsSpan(0, length).CopyTo(destination);
        return length;
    }

    /// <summary>The same line as a string.</summary>
    public static string Text(in Effect effect)
    {
        string name = effect.Service?.Name ?? "peinit";
        if (effect.Kind == EffectKind.Transition)
        {
            return $"{name}: {effect.From} -> {effect.To} ({effect.Cause})";
        }

        string number = effect.Number.ToString(CultureInfo.InvariantCulture);
        return effect.Message switch
        {
            LogMessage.DefinitionInvalid => $"{name}: invalid definition, it will not start: {effect.Text}",
            LogMessage.DefinitionWarning => $"{name}: {effect.Text}",
            LogMessage.TargetMissing => $"{name}: {effect.Key} names {effect.Text}, which does not exist; define it or remove the name",
            LogMessage.Cycle => $"{name}: dependency cycle {effect.Text}; its members fail until one of these relations is removed",
            LogMessage.BootConflict => $"{name}: conflicts with {effect.Text}, and both start at boot; neither is started; remove a boot trigger or the conflict",
            LogMessage.ConditionFailed => $"{name}: skipped, condition {effect.Text} does not hold",
            LogMessage.AssertFailed => $"{name}: not started, assert {effect.Text} does not hold",
            LogMessage.DependencyFailed => $"{name}: not started, it needs {effect.Text}, which is not running",
            LogMessage.CgroupFailed => $"{name}: cannot make its cgroup, errno {number}",
            LogMessage.CgroupBusy => $"{name}: processes of an earlier start are still there, using cgroup {effect.Text}",
            LogMessage.CgroupLeaked => $"{name}: processes in {effect.Text} survived SIGKILL, supervision goes on; look for stuck I/O",
            LogMessage.TokenFailed => $"{name}: no token for {effect.Job?.Identity} ({effect.Job?.Type}), errno {number}; is authd running and does the principal exist?",
            LogMessage.SpawnFailed => $"{name}: cannot fork {effect.Job?.Path}, errno {number}",
            LogMessage.ExecFailed => $"{name}: {effect.Job?.Path} failed before exec, step {effect.Job?.FailedStep} ({StepName(effect.Job?.FailedStep ?? 0)}), errno {effect.Job?.Errno}",
            LogMessage.HookFailed => $"{name}: {effect.Job?.Type} {effect.Job?.Path} failed, {Exit(effect.Job)}",
            LogMessage.MainExited => $"{name}: main process {effect.Job?.Pid} ended by itself, {Exit(effect.Job)}",
            LogMessage.StartTimeout => $"{name}: not ready within {number} s, killed; raise StartTimeout or make it send READY=1",
            LogMessage.TokenTimeout => $"{name}: no token for {effect.Job?.Identity} within {number} s; authd runs but does not answer",
            LogMessage.PostHooksTimeout => $"{name}: post hooks took more than {number} s, killed; the service goes on",
            LogMessage.StopTimeout => $"{name}: still running {number} s after it was told to stop, killing it",
            LogMessage.Unkillable => $"{name}: processes survived SIGKILL for 5 s, abandoned; look for stuck I/O, then reset the service",
            LogMessage.WatchdogExpired => $"{name}: no WATCHDOG=1 in time, killed",
            LogMessage.RestartScheduled => $"{name}: failed ({effect.Cause}), starting again in {number} s",
            LogMessage.BudgetExhausted => $"{name}: failed ({effect.Cause}) after {number} restarts in the window, giving up; correct the cause, then start it",
            LogMessage.ReloadUnconfirmed => $"{name}: announced a reload but sent no READY=1 in time, counted as reloaded",
            LogMessage.AnnouncedStopping => $"{name}: is stopping by itself",
            LogMessage.NotifyRejected => $"notify message of pid {number} dropped: not the main process of a service{effect.Text}",
            LogMessage.FailureTargetMissing => $"{name}: OnFailure names {effect.Text}, which cannot be started",
            LogMessage.FailureTargetLimited => $"{name}: OnFailure started {effect.Text} too often in its restart window, not again",
            LogMessage.CriticalFailed => effect.Flag
                ? $"{name}: Critical service failed ({effect.Cause}); no reboot now"
                : $"{name}: Critical service failed ({effect.Cause}); rebooting",
            LogMessage.QueueFull => $"{name}: 16 operations are waiting, another one was refused",
            LogMessage.ConfigurationLoaded => $"configuration loaded, {number} services",
            LogMessage.ConfigurationRefused => $"new configuration refused, the old one stays: {effect.Text}",
            LogMessage.ShutdownStarted => $"shutting down ({(ShutdownType)effect.Number})",
            LogMessage.ShutdownTimeout => "shutdown takes too long, killing what is left",
            LogMessage.ShutdownOrderBroken => $"{name}: the stop order is circular, stopping the rest at once",
            LogMessage.ShutdownAlreadyRunning => $"shutdown ({(ShutdownType)effect.Number}) ignored, another one is under way",
            LogMessage.ResetWithProcesses => $"{name}: reset although processes are left in {effect.Text}; its next start uses a new cgroup",
            _ => $"{name}: {effect.Message}",
        };
    }

    private static string Exit(Job? job) => job switch
    {
        null => "",
        { FailedStep: > 0 } or { Errno: > 0 } => $"errno {job.Errno}",
        { ExitSignal: > 0 } => $"signal {job.ExitSignal}",
        _ => $"exit code {job.ExitCode}",
    };

    private static string StepName(int step) => step switch
    {
        1 => "error pipe",
        2 => "token",
        3 => "rlimits",
        4 => "oom_score_adj",
        5 => "working directory",
        6 => "environment",
        7 => "NOTIFY_SOCKET",
        8 => "stored descriptors",
        9 => "exec",
        20 => "session and descriptors",
        21 => "mitigations",
        22 => "signals",
        _ => "unknown",
    };
}
