// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Text.Json;

namespace Peios.Ipc;

/// <summary>The words of peinit's control socket, for peinit and for svctl (PEINIT-384, PEINIT-385), and its requests.</summary>
public static class ControlMessage
{
    /// <summary>Where peinit listens.</summary>
    public const string SocketPath = "/run/peinit/control.sock";

    /// <summary>Start a service.</summary>
    public const string Start = "start";

    /// <summary>Stop a service.</summary>
    public const string Stop = "stop";

    /// <summary>Stop and start a service.</summary>
    public const string Restart = "restart";

    /// <summary>Make a service read its configuration again.</summary>
    public const string Reload = "reload";

    /// <summary>Clear a Failed, Skipped or Abandoned service.</summary>
    public const string Reset = "reset";

    /// <summary>One service in detail.</summary>
    public const string Status = "status";

    /// <summary>All services the caller may see.</summary>
    public const string List = "list";

    /// <summary>One operation.</summary>
    public const string OperationStatus = "operation-status";

    /// <summary>Bring the machine down.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>Read all definitions again.</summary>
    public const string ReloadConfig = "reload-config";

    /// <summary>Make peinit fail on purpose; known only when booted with peios.faults=1.</summary>
    public const string Fault = "fault";

    /// <summary>No such service.</summary>
    public const string ServiceNotFound = "SERVICE_NOT_FOUND";

    /// <summary>No such operation, or it ended more than a minute ago.</summary>
    public const string OperationNotFound = "OPERATION_NOT_FOUND";

    /// <summary>The command does not fit the service's state.</summary>
    public const string InvalidState = "INVALID_STATE";

    /// <summary>Another operation is under way.</summary>
    public const string OperationInProgress = "OPERATION_IN_PROGRESS";

    /// <summary>The awaited operation failed.</summary>
    public const string OperationFailed = "OPERATION_FAILED";

    /// <summary>The awaited operation was cancelled or aborted.</summary>
    public const string OperationCancelled = "OPERATION_CANCELLED";

    /// <summary>The awaited operation took too long.</summary>
    public const string Timeout = "TIMEOUT";

    /// <summary>The machine is going down.</summary>
    public const string ShuttingDown = "SHUTTING_DOWN";

    /// <summary>Definitions are invalid.</summary>
    public const string ValidationFailed = "VALIDATION_FAILED";

    /// <summary>The registry could not be read.</summary>
    public const string RegistryUnavailable = "REGISTRY_UNAVAILABLE";

    /// <summary>One request line, LF included.</summary>
    /// <param name="command">The command.</param>
    /// <param name="field">Name of its one text field, or null.</param>
    /// <param name="value">Value of that field.</param>
    /// <param name="wait">Value of <c>wait</c>, or null to leave it to peinit.</param>
    public static byte[] Request(string command, string? field = null, string? value = null, bool? wait = null)
    {
        ArrayBufferWriter<byte> buffer = new(128);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("command"u8, command);
            if (field is not null)
            {
                writer.WriteString(field, value);
            }

            if (wait is bool waits)
            {
                writer.WriteBoolean("wait"u8, waits);
            }

            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
