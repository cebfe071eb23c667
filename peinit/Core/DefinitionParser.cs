// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Peinit.Core;

/// <summary>
/// Turns the values of a definition key into a <see cref="ServiceDefinition"/> (PEINIT-080 to 112). Every input gives a
/// definition: what is wrong with it stands in its <see cref="ServiceDefinition.Errors"/>, all of it at once, and the
/// service then fails when it is started (PEINIT-103). Unknown values are ignored (PEINIT-082).
/// </summary>
public static class DefinitionParser
{
    private const int MaxNameBytes = 200;
    private const string NotBuilt = " is not built yet and is ignored";

    /// <summary>Parses one definition.</summary>
    /// <param name="name">Name of the key.</param>
    /// <param name="values">Its values, in any order.</param>
    /// <param name="inheritedSecurity">What applies when the key has no ServiceSecurity (PEINIT-143), or null.</param>
    /// <param name="isDescriptor">Whether bytes are a security descriptor.</param>
    public static ServiceDefinition Parse(
        string name, IReadOnlyList<DefinitionValue> values, byte[]? inheritedSecurity, Func<byte[], bool> isDescriptor)
    {
        DefinitionValues input = new(values);
        byte[]? security = input.Bytes("ServiceSecurity");
        bool malformed = input.Has("ServiceSecurity") && (security is null || !isDescriptor(security));
        ForgiveSecurity(input, malformed);
        CheckName(name, input);
        bool boot = HasBootTrigger(input);
        CheckHealth(input);
        (CommandLine? reloadCommand, int reloadSignal) = Reload(input);
        ServiceDefinition definition = new()
        {
            Name = name,
            ImagePath = AbsolutePath(input, "ImagePath", true) ?? "",
            Arguments = input.Texts("Arguments") ?? [],
            Type = (ServiceType)input.Choice("Type", 0, 2),
            BootTrigger = boot,
            Disabled = input.Flag("Disabled"),
            SafeMode = input.Flag("SafeMode"),
            Identity = input.Text("Identity") ?? "LocalService",
            RequiredPrivileges = Privileges(input),
            Requires = input.Texts("Requires") ?? [],
            Wants = input.Texts("Wants") ?? [],
            BindsTo = input.Texts("BindsTo") ?? [],
            Conflicts = input.Texts("Conflicts") ?? [],
            OnFailure = input.Text("OnFailure"),
            Critical = input.Choice("ErrorControl", 0, 2) == 1,
            RemainAfterExit = input.Flag("RemainAfterExit"),
            SuccessExitCodes = ExitCodes(input),
            ExecStartPre = Commands(input, "ExecStartPre"),
            ExecStartPost = Commands(input, "ExecStartPost"),
            HookIdentity = input.Text("HookIdentity"),
            ReloadCommand = reloadCommand,
            ReloadSignal = reloadSignal,
            StartTimeout = Positive(input, "StartTimeout", 30),
            StopTimeout = input.Number("StopTimeout", 10),
            WatchdogTimeout = input.Number("WatchdogTimeout", 0),
            RestartPolicy = (RestartPolicy)input.Choice("RestartPolicy", 1, 3),
            RestartMaxRetries = input.Number("RestartMaxRetries", 5),
            RestartWindow = input.Number("RestartWindow", 120),
            RestartDelay = input.Number("RestartDelay", 1),
            Readiness = (Readiness)input.Choice("Readiness", 0, 2),
            Environment = EnvironmentOf(input),
            WorkingDirectory = AbsolutePath(input, "WorkingDirectory", false) ?? "/",
            LimitNoFile = input.OptionalNumber("LimitNOFILE"),
            LimitCore = input.OptionalNumber("LimitCORE"),
            Conditions = Checks(input, "Conditions"),
            Asserts = Checks(input, "Asserts"),
            DisplayName = input.Text("DisplayName"),
            Description = input.Text("Description"),
            Security = malformed ? inheritedSecurity : security ?? inheritedSecurity,
            KeepsOldSecurity = malformed,
            Mitigations = MitigationsOf(input),
        };
        _ = input.Choice("NotifyAccess", 0, 1);
        if (input.Number("FdStoreMax", 0) > 0)
        {
            input.Warnings.Add("FdStoreMax: the fd store" + NotBuilt);
        }

        return definition with { Errors = [.. input.Errors], Warnings = [.. input.Warnings] };
    }

    private static void CheckName(string name, DefinitionValues input)
    {
        bool control = false;
        foreach (char letter in name)
        {
            control |= char.IsControl(letter);
        }

        if (name is "" or "." or ".." || control || Encoding.UTF8.GetByteCount(name) > MaxNameBytes
            || name.StartsWith("mount:", StringComparison.OrdinalIgnoreCase))
        {
            input.Errors.Add("the service name is not allowed");
        }
    }

    /// <summary>A descriptor that cannot be used is no reason to stop a service from starting (PEINIT-150): read first, its errors are forgotten.</summary>
    private static void ForgiveSecurity(DefinitionValues input, bool malformed)
    {
        input.Errors.Clear();
        if (malformed)
        {
            input.Warnings.Add("ServiceSecurity is no security descriptor; the last good one stays, else the inherited one");
        }
    }

    private static bool HasBootTrigger(DefinitionValues input)
    {
        bool boot = false;
        foreach (string trigger in input.Texts("Triggers") ?? [])
        {
            if (trigger == "boot")
            {
                boot = true;
            }
            else if (trigger.StartsWith("timer:", StringComparison.Ordinal))
            {
                input.Warnings.Add("Triggers: the timer trigger " + trigger + NotBuilt);
            }
            else
            {
                input.Warnings.Add("Triggers: unknown trigger " + trigger + " is ignored");
            }
        }

        return boot;
    }

    private static void CheckHealth(DefinitionValues input)
    {
        ulong interval = input.Number("HealthCheckInterval", 30);
        ulong timeout = input.Number("HealthCheckTimeout", 5);
        ulong retries = input.Number("HealthCheckRetries", 3);
        ulong window = input.Number("RestartWindow", 120);
        if (input.Text("HealthCheck") is not { } command)
        {
            return;
        }

        _ = Command(input, "HealthCheck", command);
        if (interval == 0 || timeout == 0 || retries == 0)
        {
            input.Errors.Add("HealthCheckInterval, HealthCheckTimeout and HealthCheckRetries must not be 0");
        }

        if (interval * retries >= window)
        {
            input.Errors.Add("HealthCheckRetries * HealthCheckInterval must be less than RestartWindow");
        }

        input.Warnings.Add("HealthCheck" + NotBuilt);
    }

    private static uint Positive(DefinitionValues input, string name, uint fallback)
    {
        uint value = input.Number(name, fallback);
        if (value == 0)
        {
            input.Errors.Add(name + " must not be 0");
        }

        return value;
    }

    private static string? AbsolutePath(DefinitionValues input, string name, bool required)
    {
        string? path = input.Text(name);
        if (path is null)
        {
            if (required)
            {
                input.Errors.Add(name + " is missing");
            }

            return null;
        }

        if (path[0] != '/')
        {
            input.Errors.Add(name + " must be an absolute path, not " + path);
        }

        return path;
    }

    private static string[]? Privileges(DefinitionValues input)
    {
        string[]? names = input.Texts("RequiredPrivileges");
        foreach (string name in names ?? [])
        {
            if (!Catalogue.IsPrivilege(name))
            {
                input.Errors.Add("RequiredPrivileges: unknown privilege " + name);
            }
        }

        return names;
    }

    private static byte[] ExitCodes(DefinitionValues input)
    {
        List<byte> codes = [];
        foreach (string text in input.Texts("SuccessExitCodes") ?? [])
        {
            if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte code))
            {
                codes.Add(code);
            }
            else
            {
                input.Errors.Add("SuccessExitCodes: " + text + " is no number from 0 to 255");
            }
        }

        return [.. codes];
    }

    private static string[] EnvironmentOf(DefinitionValues input)
    {
        string[] entries = input.Texts("Environment") ?? [];
        foreach (string entry in entries)
        {
            if (entry.IndexOf('=', StringComparison.Ordinal) <= 0)
            {
                input.Errors.Add("Environment: " + entry + " is not KEY=VALUE");
            }
        }

        return entries;
    }

    private static (CommandLine? Command, int Signal) Reload(DefinitionValues input)
    {
        const string Prefix = "signal:";
        if (input.Text("ExecReload") is not { } text)
        {
            return (null, Catalogue.SigHup);
        }

        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return (Command(input, "ExecReload", text), Catalogue.SigHup);
        }

        int signal = Catalogue.SignalNumber(text[Prefix.Length..]);
        if (signal == 0)
        {
            input.Errors.Add("ExecReload: unknown signal " + text[Prefix.Length..]);
        }

        return (null, signal);
    }

    private static CommandLine[] Commands(DefinitionValues input, string name)
    {
        List<CommandLine> commands = [];
        foreach (string text in input.Texts(name) ?? [])
        {
            if (Command(input, name, text) is { } command)
            {
                commands.Add(command);
            }
        }

        return [.. commands];
    }

    private static CommandLine? Command(DefinitionValues input, string name, string text)
    {
        if (CommandLine.TryParse(text, out CommandLine? command, out string error))
        {
            return command;
        }

        input.Errors.Add(name + ": " + error + ": " + text);
        return null;
    }

    private static StartCheck[] Checks(DefinitionValues input, string name)
    {
        List<StartCheck> checks = [];
        foreach (string entry in input.Texts(name) ?? [])
        {
            int colon = entry.IndexOf(':', StringComparison.Ordinal);
            CheckKind? kind = (colon < 0 ? "" : entry[..colon]) switch
            {
                "path" => CheckKind.Path,
                "file" => CheckKind.File,
                "directory" => CheckKind.Directory,
                "registry" => CheckKind.Registry,
                _ => null,
            };
            if (kind is null || colon == entry.Length - 1)
            {
                input.Errors.Add(name + ": " + entry + " is no path:, file:, directory: or registry: check");
            }
            else
            {
                checks.Add(new StartCheck(kind.Value, entry[(colon + 1)..]));
            }
        }

        return [.. checks];
    }

    private static uint MitigationsOf(DefinitionValues input)
    {
        uint bits = 0;
        foreach (string name in input.Texts("Mitigations") ?? [])
        {
            uint bit = Catalogue.Mitigation(name);
            if (bit == 0)
            {
                input.Errors.Add("Mitigations: unknown mitigation " + name);
            }

            bits |= bit;
        }

        return bits;
    }
}
