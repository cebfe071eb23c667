// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>The model part of a snapshot: every definition that anything refers to, and which service has which.</summary>
internal static class SnapshotModel
{
    /// <summary>Writes it.</summary>
    public static void Write(ModelStore model, ref ByteWriter writer)
    {
        writer.U32(model.MaxParallelStarts);
        writer.U32(model.BootSuccessGrace);
        writer.U32(model.ShutdownTimeout);
        writer.I32(model.Definitions.All.Count);
        foreach (ServiceDefinition definition in model.Definitions.All)
        {
            WriteDefinition(definition, ref writer);
        }

        writer.I32(model.Definitions.IndexOf(model.CompiledIn));
        writer.I32(model.Services.Count);
        foreach (Service service in model.Services)
        {
            writer.Text(service.Name);
            writer.Text(service.CgroupBase);
            writer.I32(model.Definitions.IndexOf(service.Model));
            writer.I32(service.Model is null ? model.Definitions.IndexOf(service.Activation) : -1);
        }

        writer.I32(model.Deferred.Count);
        foreach ((string name, ServiceDefinition? definition) in model.Deferred)
        {
            writer.Text(name);
            writer.I32(model.Definitions.IndexOf(definition));
        }
    }

    /// <summary>Reads it into an empty model.</summary>
    public static void Read(ModelStore model, ref ByteReader reader)
    {
        model.MaxParallelStarts = Math.Max(1, reader.U32());
        model.BootSuccessGrace = reader.U32();
        model.ShutdownTimeout = reader.U32();
        int count = reader.Count(16);
        List<ServiceDefinition> definitions = [];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            definitions.Add(ReadDefinition(ref reader));
        }

        foreach (ServiceDefinition definition in definitions)
        {
            model.Definitions.Add(definition);
        }

        model.CompiledIn = At(definitions, reader.Index(definitions.Count));
        int services = reader.Count(16);
        for (int i = 0; i < services && !reader.Failed; i++)
        {
            Service service = new(reader.Text() ?? "") { CgroupBase = reader.Text() ?? "" };
            service.Model = At(definitions, reader.Index(definitions.Count));
            service.Activation = At(definitions, reader.Index(definitions.Count));
            if (service.Name.Length == 0 || (service.Model ?? service.Activation) is null || model.Find(service.Name) is not null)
            {
                reader.Fail();
                return;
            }

            model.Restore(service);
        }

        int deferred = reader.Count(8);
        for (int i = 0; i < deferred && !reader.Failed; i++)
        {
            model.RestoreDeferred(reader.Text() ?? "", At(definitions, reader.Index(definitions.Count)));
        }
    }

    private static ServiceDefinition? At(List<ServiceDefinition> definitions, int index) => index < 0 ? null : definitions[index];

    private static void WriteDefinition(ServiceDefinition value, ref ByteWriter writer)
    {
        writer.Text(value.Name);
        writer.Text(value.ImagePath);
        Texts(value.Arguments, ref writer);
        writer.U8((byte)value.Type);
        writer.Flag(value.BootTrigger);
        writer.Flag(value.Disabled);
        writer.Flag(value.SafeMode);
        writer.Flag(value.Critical);
        writer.Flag(value.RemainAfterExit);
        writer.Text(value.Identity);
        writer.Text(value.HookIdentity);
        Texts(value.RequiredPrivileges, ref writer);
        Texts(value.Requires, ref writer);
        Texts(value.Wants, ref writer);
        Texts(value.BindsTo, ref writer);
        Texts(value.Conflicts, ref writer);
        writer.Text(value.OnFailure);
        writer.Bytes(value.SuccessExitCodes);
        Commands(value.ExecStartPre, ref writer);
        Commands(value.ExecStartPost, ref writer);
        writer.Flag(value.ReloadCommand is not null);
        if (value.ReloadCommand is { } reload)
        {
            Command(reload, ref writer);
        }

        writer.I32(value.ReloadSignal);
        writer.U32(value.StartTimeout);
        writer.U32(value.StopTimeout);
        writer.U32(value.WatchdogTimeout);
        writer.U8((byte)value.RestartPolicy);
        writer.U32(value.RestartMaxRetries);
        writer.U32(value.RestartWindow);
        writer.U32(value.RestartDelay);
        writer.U8((byte)value.Readiness);
        Texts(value.Environment, ref writer);
        writer.Text(value.WorkingDirectory);
        writer.I64(value.LimitNoFile ?? -1L);
        writer.I64(value.LimitCore ?? -1L);
        Checks(value.Conditions, ref writer);
        Checks(value.Asserts, ref writer);
        writer.Text(value.DisplayName);
        writer.Text(value.Description);
        writer.Bytes(value.Security);
        writer.U32(value.Mitigations);
        Texts(value.Errors, ref writer);
        Texts(value.Warnings, ref writer);
    }

    // Initializers run in the order in which they are written, which is the order of the fields in the blob.
    private static ServiceDefinition ReadDefinition(ref ByteReader reader) => new()
    {
        Name = reader.Text() ?? "",
        ImagePath = reader.Text() ?? "",
        Arguments = Texts(ref reader) ?? [],
        Type = (ServiceType)reader.Upto(1),
        BootTrigger = reader.Flag(),
        Disabled = reader.Flag(),
        SafeMode = reader.Flag(),
        Critical = reader.Flag(),
        RemainAfterExit = reader.Flag(),
        Identity = reader.Text() ?? "",
        HookIdentity = reader.Text(),
        RequiredPrivileges = Texts(ref reader),
        Requires = Texts(ref reader) ?? [],
        Wants = Texts(ref reader) ?? [],
        BindsTo = Texts(ref reader) ?? [],
        Conflicts = Texts(ref reader) ?? [],
        OnFailure = reader.Text(),
        SuccessExitCodes = reader.Bytes() ?? [],
        ExecStartPre = Commands(ref reader),
        ExecStartPost = Commands(ref reader),
        ReloadCommand = reader.Flag() ? Command(ref reader) : null,
        ReloadSignal = reader.I32(),
        StartTimeout = reader.U32(),
        StopTimeout = reader.U32(),
        WatchdogTimeout = reader.U32(),
        RestartPolicy = (RestartPolicy)reader.Upto(2),
        RestartMaxRetries = reader.U32(),
        RestartWindow = reader.U32(),
        RestartDelay = reader.U32(),
        Readiness = (Readiness)reader.Upto(1),
        Environment = Texts(ref reader) ?? [],
        WorkingDirectory = reader.Text() ?? "/",
        LimitNoFile = Limit(reader.I64()),
        LimitCore = Limit(reader.I64()),
        Conditions = Checks(ref reader),
        Asserts = Checks(ref reader),
        DisplayName = reader.Text(),
        Description = reader.Text(),
        Security = reader.Bytes(),
        Mitigations = reader.U32(),
        Errors = Texts(ref reader) ?? [],
        Warnings = Texts(ref reader) ?? [],
    };

    private static uint? Limit(long value) => value < 0 ? null : (uint)value;

    private static void Texts(string[]? values, ref ByteWriter writer)
    {
        writer.I32(values is null ? 0 : values.Length + 1);
        foreach (string value in values ?? [])
        {
            writer.Text(value);
        }
    }

    private static string[]? Texts(ref ByteReader reader)
    {
        // Stored plus one, so that null and empty differ; the last, uncounted entry costs no bytes.
        int stored = reader.I32();
        if (stored == 0)
        {
            return null;
        }

        List<string> values = [];
        for (int i = 1; i < stored && !reader.Failed; i++)
        {
            values.Add(reader.Text() ?? "");
        }

        return [.. values];
    }

    private static void Command(CommandLine value, ref ByteWriter writer)
    {
        writer.Text(value.Path);
        Texts(value.Arguments, ref writer);
    }

    private static CommandLine Command(ref ByteReader reader) => new(reader.Text() ?? "", Texts(ref reader) ?? []);

    private static void Commands(CommandLine[] values, ref ByteWriter writer)
    {
        writer.I32(values.Length);
        foreach (CommandLine value in values)
        {
            Command(value, ref writer);
        }
    }

    private static CommandLine[] Commands(ref ByteReader reader)
    {
        CommandLine[] values = new CommandLine[reader.Count(8)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Command(ref reader);
        }

        return values;
    }

    private static void Checks(StartCheck[] values, ref ByteWriter writer)
    {
        writer.I32(values.Length);
        foreach (StartCheck value in values)
        {
            writer.U8((byte)value.Kind);
            writer.Text(value.Argument);
        }
    }

    private static StartCheck[] Checks(ref ByteReader reader)
    {
        StartCheck[] values = new StartCheck[reader.Count(5)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = new StartCheck((CheckKind)reader.Upto(3), reader.Text() ?? "");
        }

        return values;
    }
}
