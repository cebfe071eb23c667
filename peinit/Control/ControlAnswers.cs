// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text.Json;
using Peinit.Core;
using Peinit.Launch;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Control;

/// <summary>Writes the answers of the control socket (PEINIT-383, PEINIT-386, PEINIT-391, PEINIT-394 to PEINIT-400).</summary>
internal sealed class ControlAnswers(Supervisor supervisor, ControlAccess access)
{
    private const int MaxBrief = 256;

    /// <summary>The core's verdict on a lifecycle command or a reload-config.</summary>
    internal void Reply(JsonConnection connection, in Effect effect)
    {
        bool ok = effect.Code == ReplyCode.Ok;
        Utf8JsonWriter w = connection.BeginAnswer(ok);
        if (!ok)
        {
            w.WriteString("code"u8, Names.Of(effect.Code));
            w.WriteString("message"u8, Explain(effect));
        }

        if (effect.Operation is Operation operation)
        {
            Guid id = operation.State == OperationState.Merged ? operation.MergedInto : operation.Id;
            w.WriteString("operation_id"u8, id.ToString("D"));
            if (ok && operation is { Type: OperationType.Reload, Result: "confirmed" or "advisory" })
            {
                w.WriteString("mode"u8, operation.Result);
            }
        }

        if (effect.Service is Service service)
        {
            w.WriteString("service"u8, service.Name);
            w.WriteString("state"u8, Names.Of(service.State));
            CauseOf(w, service.Cause);
            if (ok)
            {
                Warnings(w, service);
            }
        }

        if (effect.Number != 0)
        {
            w.WriteNumber("errno"u8, effect.Number);
        }

        if (effect.Lines is not null)
        {
            w.WriteStartArray("errors"u8);
            foreach (string line in effect.Lines)
            {
                w.WriteStringValue(line);
            }

            w.WriteEndArray();
        }

        connection.EndAnswer(w);
    }

    internal void Status(JsonConnection connection, Service service)
    {
        Utf8JsonWriter w = connection.BeginAnswer();
        w.WriteString("service"u8, service.Name);
        w.WriteString("state"u8, Names.Of(service.State));
        CauseOf(w, service.Cause);
        w.WriteString("status_text"u8, service.StatusText);
        if (service.MainJob is Job job)
        {
            w.WriteStartObject("current_job"u8);
            w.WriteString("id"u8, job.Id.ToString("D"));
            w.WriteString("type"u8, Names.Of(job.Type));
            Number(w, "pid"u8, job.Pid == 0 ? null : job.Pid);
            w.WriteString("started_at"u8, Time(job.StartedAt));
            w.WriteString("identity"u8, job.Identity);
            w.WriteEndObject();
        }
        else
        {
            w.WriteNull("current_job"u8);
        }

        if (service.CurrentOperation is Operation operation)
        {
            w.WriteStartObject("current_operation"u8);
            w.WriteString("id"u8, operation.Id.ToString("D"));
            w.WriteString("type"u8, Names.Of(operation.Type));
            w.WriteString("source"u8, Names.Of(operation.Source));
            w.WriteEndObject();
        }
        else
        {
            w.WriteNull("current_operation"u8);
        }

        // Health checks are not built: no service has one.
        w.WriteString("health"u8, "none"u8);
        Number(w, "uptime_seconds"u8, Uptime(service));
        w.WriteString("description"u8, (service.Model ?? service.Activation)?.Description);
        Warnings(w, service);
        connection.EndAnswer(w);
    }

    /// <summary>Only what the caller may see, without an error for the rest (PEINIT-399).</summary>
    internal void List(JsonConnection connection)
    {
        Utf8JsonWriter w = connection.BeginAnswer();
        w.WriteStartArray("services"u8);
        foreach (Service service in supervisor.Machine.Services)
        {
            if (!access.MaySee(connection.Peer, service))
            {
                continue;
            }

            w.WriteStartObject();
            w.WriteString("service"u8, service.Name);
            w.WriteString("state"u8, Names.Of(service.State));
            CauseOf(w, service.Cause);
            Number(w, "pid"u8, service.MainJob is { Pid: > 0 } job ? job.Pid : null);
            Number(w, "uptime_seconds"u8, Uptime(service));
            w.WriteString("health"u8, "none"u8);
            w.WriteString("description"u8, Brief((service.Model ?? service.Activation)?.Description));
            w.WriteEndObject();
        }

        w.WriteEndArray();
        connection.EndAnswer(w);
    }

    internal static void Operation(JsonConnection connection, Operation operation)
    {
        Utf8JsonWriter w = connection.BeginAnswer();
        w.WriteString("operation_id"u8, operation.Id.ToString("D"));
        w.WriteString("type"u8, Names.Of(operation.Type));
        w.WriteString("service"u8, operation.Service.Name);
        w.WriteString("state"u8, Names.Of(operation.State));
        w.WriteString("source"u8, Names.Of(operation.Source));
        w.WriteString("created_at"u8, Time(operation.CreatedAt));
        w.WriteString("started_at"u8, Time(operation.StartedAt));
        w.WriteString("completed_at"u8, Time(operation.CompletedAt));
        w.WriteString("result"u8, operation.Result);
        w.WriteString("merged_into"u8, operation.MergedInto == Guid.Empty ? null : operation.MergedInto.ToString("D"));
        connection.EndAnswer(w);
    }

    /// <summary>RFC 3339 UTC with nine digits (PEINIT-004); null for a moment that never was.</summary>
    internal static string? Time(Moment moment)
    {
        if (moment.Realtime == 0)
        {
            return null;
        }

        DateTime utc = DateTime.UnixEpoch.AddSeconds(moment.Realtime / 1_000_000_000);
        return string.Create(CultureInfo.InvariantCulture, $"{utc:yyyy-MM-ddTHH:mm:ss}.{moment.Realtime % 1_000_000_000:d9}Z");
    }

    private static string Explain(in Effect effect)
    {
        string name = effect.Service?.Name ?? "the service";
        string state = effect.Service is null ? string.Empty : Names.Of(effect.Service.State);
        return effect.Code switch
        {
            ReplyCode.ServiceNotFound => "there is no such service",
            ReplyCode.InvalidState => effect.Text ?? $"{name} is {state}, the command does not apply",
            ReplyCode.OperationInProgress => $"another operation on {name} is under way",
            ReplyCode.QueueFull => $"too many operations on {name} are waiting",
            ReplyCode.OperationFailed => effect.Number == 0
                ? $"{name} is {state} ({Names.Of(effect.Service?.Cause ?? Cause.None)})"
                : $"{name} is {state} ({Names.Of(effect.Service?.Cause ?? Cause.None)}): {new Errno(effect.Number)}",
            ReplyCode.OperationCancelled => $"the operation on {name} was cancelled by another one",
            ReplyCode.Timeout => $"the operation on {name} took too long",
            ReplyCode.ShuttingDown => "the system is going down",
            ReplyCode.ValidationFailed => effect.Lines is { Count: > 0 } ? effect.Lines[0] : "the configuration is invalid",
            _ => "the request failed",
        };
    }

    // One endless text in the registry must not make the list too long to be sent.
    private static string? Brief(string? text) => text is { Length: > MaxBrief } ? text[..MaxBrief] : text;

    private static void CauseOf(Utf8JsonWriter w, Cause cause) =>
        w.WriteString("cause"u8, cause == Cause.None ? null : Names.Of(cause));

    private static long? Uptime(Service service) =>
        service.ActiveSince == 0 ? null : Math.Max(0, Supervisor.Now.Monotonic - service.ActiveSince) / 1_000_000_000;

    private static void Number(Utf8JsonWriter w, ReadOnlySpan<byte> name, long? value)
    {
        if (value is long number)
        {
            w.WriteNumber(name, number);
        }
        else
        {
            w.WriteNull(name);
        }
    }

    private static void Warnings(Utf8JsonWriter w, Service service)
    {
        w.WriteStartArray("warnings"u8);
        foreach (ServiceWarning warning in service.Warnings)
        {
            w.WriteStartObject();
            w.WriteString("code"u8, "leaked_subcgroup"u8);
            w.WriteString("message"u8, "processes of an earlier run survived SIGKILL; look for stuck I/O");
            w.WriteString("path"u8, warning.Path);
            w.WriteString("type"u8, Cgroup.NameOf(warning.Part));
            w.WriteString("detected_at"u8, Time(new Moment(0, warning.DetectedAt)));
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }
}
