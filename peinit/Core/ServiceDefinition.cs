// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// One service as the registry defines it: an immutable snapshot (PEINIT-095, PEINIT-157).
/// Produced by <c>Config/DefinitionReader</c>, or compiled in for registryd; consumed by the machine, and by the
/// launcher through <see cref="Job.Definition"/>. Durations are whole seconds. The arrays are never written after
/// construction.
/// </summary>
public sealed record ServiceDefinition
{
    /// <summary>Name of the registry key, in stored spelling.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of the binary; also argv[0].</summary>
    public string ImagePath { get; init; } = "";

    /// <summary>argv[1..].</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>Simple or Oneshot.</summary>
    public ServiceType Type { get; init; }

    /// <summary>Has a <c>boot</c> trigger (PEINIT-052).</summary>
    public bool BootTrigger { get; init; }

    /// <summary>Suppresses triggers and being pulled in by Wants (PEINIT-093).</summary>
    public bool Disabled { get; init; }

    /// <summary>Value SafeMode; kept, Safe mode itself is not built.</summary>
    public bool SafeMode { get; init; }

    /// <summary>Principal name; <c>SYSTEM</c> in any case means a token minted by peinit (PEINIT-122).</summary>
    public string Identity { get; init; } = "LocalService";

    /// <summary>Privileges kept, by catalogue name; null keeps the defaults (PEINIT-133).</summary>
    public string[]? RequiredPrivileges { get; init; }

    /// <summary>Services that must satisfy first.</summary>
    public string[] Requires { get; init; } = [];

    /// <summary>Services that are tried first.</summary>
    public string[] Wants { get; init; } = [];

    /// <summary>As Requires, and this service stops when they do.</summary>
    public string[] BindsTo { get; init; } = [];

    /// <summary>Services that cannot run beside this one.</summary>
    public string[] Conflicts { get; init; } = [];

    /// <summary>Service started whenever this one enters Failed, or null.</summary>
    public string? OnFailure { get; init; }

    /// <summary>ErrorControl is Critical: its final failure reboots the machine (PEINIT-237).</summary>
    public bool Critical { get; init; }

    /// <summary>A Oneshot stays Completed.</summary>
    public bool RemainAfterExit { get; init; }

    /// <summary>Exit codes beside 0 that count as success.</summary>
    public byte[] SuccessExitCodes { get; init; } = [];

    /// <summary>Commands before the main process.</summary>
    public CommandLine[] ExecStartPre { get; init; } = [];

    /// <summary>Commands after readiness.</summary>
    public CommandLine[] ExecStartPost { get; init; } = [];

    /// <summary>Principal of the hooks; null means <see cref="Identity"/> (PEINIT-135).</summary>
    public string? HookIdentity { get; init; }

    /// <summary>Reload command, or null when a signal is sent.</summary>
    public CommandLine? ReloadCommand { get; init; }

    /// <summary>Signal number of a reload without command; SIGHUP by default.</summary>
    public int ReloadSignal { get; init; } = 1;

    /// <summary>Seconds for the whole start sequence.</summary>
    public uint StartTimeout { get; init; } = 30;

    /// <summary>Seconds from SIGTERM to SIGKILL; 0 kills at once (PEINIT-256).</summary>
    public uint StopTimeout { get; init; } = 10;

    /// <summary>Seconds between <c>WATCHDOG=1</c> messages; 0 is off.</summary>
    public uint WatchdogTimeout { get; init; }

    /// <summary>When to start it again.</summary>
    public RestartPolicy RestartPolicy { get; init; } = RestartPolicy.OnFailure;

    /// <summary>Restarts allowed in the window.</summary>
    public uint RestartMaxRetries { get; init; } = 5;

    /// <summary>Window of the budget in seconds.</summary>
    public uint RestartWindow { get; init; } = 120;

    /// <summary>First delay in seconds; doubles with every failure (PEINIT-234).</summary>
    public uint RestartDelay { get; init; } = 1;

    /// <summary>What makes it Active.</summary>
    public Readiness Readiness { get; init; }

    /// <summary>Entries <c>KEY=VALUE</c> added to the base environment.</summary>
    public string[] Environment { get; init; } = [];

    /// <summary>Absolute path.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>RLIMIT_NOFILE, soft and hard, or null.</summary>
    public uint? LimitNoFile { get; init; }

    /// <summary>RLIMIT_CORE in bytes, soft and hard, or null.</summary>
    public uint? LimitCore { get; init; }

    /// <summary>All must hold, else the service is Skipped.</summary>
    public StartCheck[] Conditions { get; init; } = [];

    /// <summary>All must hold, else the service is Failed.</summary>
    public StartCheck[] Asserts { get; init; } = [];

    /// <summary>Short text for people, or null.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Longer text for people, or null.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// Self-relative descriptor of the service's own ServiceSecurity value, or null. Inheritance and the default
    /// (PEINIT-143, PEINIT-144) are the reader's: it fills this with what applies.
    /// </summary>
    public byte[]? Security { get; init; }

    /// <summary>The key's own descriptor is malformed: the one of the definition before this stays (PEINIT-150).</summary>
    public bool KeepsOldSecurity { get; init; }

    /// <summary>Mitigation bits of KACS-TOK-127.</summary>
    public uint Mitigations { get; init; }

    /// <summary>Everything that makes the definition invalid, in plain words; empty when it is valid.</summary>
    public string[] Errors { get; init; } = [];

    /// <summary>What is odd but accepted, features that are not built among it.</summary>
    public string[] Warnings { get; init; } = [];

    /// <summary>Whether the service may be started at all (PEINIT-103).</summary>
    public bool IsValid => Errors.Length == 0;

    /// <summary>Principal of the hooks.</summary>
    public string EffectiveHookIdentity => HookIdentity ?? Identity;

    /// <summary>registryd's registry entry may only add what people and access checks read (PEINIT-044).</summary>
    public ServiceDefinition WithTexts(ServiceDefinition entry) =>
        this with { Security = entry.Security, DisplayName = entry.DisplayName, Description = entry.Description };

    /// <summary>Whether an exit code counts as success (PEINIT-085, PEINIT-229).</summary>
    public bool IsSuccess(int code) => code == 0 || (code is > 0 and <= 255 && Array.IndexOf(SuccessExitCodes, (byte)code) >= 0);
}
