// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Peinit.Boot;
using Peinit.Core;
using Peinit.Output;
using Peinit.Shell;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;

namespace Peinit.Control;

/// <summary>
/// The control socket (PEINIT-373 to PEINIT-405). Checks in the order of PEINIT-382; what changes anything goes to the
/// core and is answered by its reply, what only reads is answered here.
/// </summary>
internal sealed class ControlServer : JsonServer
{
    private const int SystemConnections = 8;

    private readonly Supervisor _supervisor;
    private readonly KacsDevice _device;
    private readonly Dictionary<long, JsonConnection> _waiting = [];
    private readonly ControlAnswers _answers;
    private long _lastRequest;

    private ControlServer(Supervisor supervisor, UnixSocket socket, KacsDevice device)
        : base(supervisor.Loop, socket, LimitsOf(InitSettings.Defaults))
    {
        _supervisor = supervisor;
        _device = device;
        Access = new ControlAccess(supervisor, device, supervisor.Events);
        _answers = new ControlAnswers(supervisor, Access);
    }

    internal ControlAccess Access { get; }

    /// <summary>Creates the socket and starts listening (PEINIT-047).</summary>
    internal static Result<ControlServer> Create(Supervisor supervisor)
    {
        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return error;
        }

        if (!UnixSocket.Listen(ControlMessage.SocketPath, 0x1B6).TryGet(out UnixSocket? socket, out error))
        {
            device.Dispose();
            return error;
        }

        ControlServer server = new(supervisor, socket, device);
        error = server.Start();
        if (error.Ok)
        {
            return server;
        }

        server.Dispose();
        return error;
    }

    /// <summary>New settings rule the next connection and request (PEINIT-473).</summary>
    internal void Apply(InitSettings settings)
    {
        Limits = LimitsOf(settings);
        Access.ControlSecurity = settings.ControlSecurity ?? ControlRights.DefaultControl;
    }

    /// <summary>The core's answer to a request (PEINIT-386, PEINIT-390).</summary>
    internal void Reply(in Effect effect)
    {
        if (_waiting.Remove(effect.Request, out JsonConnection? connection))
        {
            _answers.Reply(connection, effect);
        }
    }

    /// <summary>Answers a request that the shell dealt with itself.</summary>
    internal void Finish(long request, string? code, string message)
    {
        if (!_waiting.Remove(request, out JsonConnection? connection))
        {
            return;
        }

        if (code is null)
        {
            connection.Succeed();
        }
        else
        {
            connection.Fail(code, message);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _device.Dispose();
        _ = Files.Unlink(ControlMessage.SocketPath);
    }

    /// <inheritdoc/>
    protected override Result<PeerIdentity> Identify(UnixSocket socket) => Access.Identify(socket);

    /// <inheritdoc/>
    protected override void Handle(JsonConnection connection, string command, JsonObject request)
    {
        switch (command)
        {
            case ControlMessage.Start:
                Lifecycle(connection, request, OperationType.Start, ControlRights.Start, waits: true);
                break;
            case ControlMessage.Stop:
                Lifecycle(connection, request, OperationType.Stop, ControlRights.Stop, waits: true);
                break;
            case ControlMessage.Restart:
                Lifecycle(connection, request, OperationType.Restart, ControlRights.Start | ControlRights.Stop, waits: true);
                break;
            case ControlMessage.Reload:
                Lifecycle(connection, request, OperationType.Reload, ControlRights.Interrogate, waits: false);
                break;
            case ControlMessage.Reset:
                Lifecycle(connection, request, OperationType.Reset, ControlRights.Stop, waits: false);
                break;
            case ControlMessage.Status:
                Status(connection, request);
                break;
            case ControlMessage.List:
                _answers.List(connection);
                break;
            case ControlMessage.OperationStatus:
                OperationStatus(connection, request);
                break;
            case ControlMessage.Shutdown:
                Shutdown(connection, request);
                break;
            case ControlMessage.ReloadConfig:
                ReloadConfig(connection);
                break;
            case ControlMessage.Fault when _supervisor.Boot.CommandLine.FaultInjection:
                FaultCommand.Run(_supervisor, Access, connection, request);
                break;
            default:
                connection.Fail(ErrorCodes.UnknownCommand, $"there is no command {command}");
                break;
        }

        _supervisor.Pump();
    }

    /// <inheritdoc/>
    protected override void OnClosed(JsonConnection connection)
    {
        // Its operations go on; only the answer has no reader any more (PEINIT-381).
        foreach ((long request, JsonConnection waiting) in _waiting)
        {
            if (waiting == connection)
            {
                _ = _waiting.Remove(request);
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnFault(JsonConnection connection, Exception exception)
    {
        _supervisor.ReportFault("a control request", exception);
        if (connection.Busy)
        {
            connection.FailAndClose(ErrorCodes.Internal, "peinit could not answer the request");
        }
    }

    private static JsonServerLimits LimitsOf(InitSettings settings) => new()
    {
        Connections = settings.MaxControlConnections,
        // Nobody else may use up what the system itself needs to be repaired with.
        Reserved = Math.Min(SystemConnections, settings.MaxControlConnections / 2),
        PerIdentity = Math.Max(1, settings.MaxControlConnections / 2),
        RequestBytes = settings.MaxRequestSize,
        IdleNanoseconds = (ulong)settings.ConnectionTimeout * 1_000_000_000,
    };

    private void Lifecycle(JsonConnection connection, JsonObject request, OperationType type, uint right, bool waits)
    {
        bool wait = waits;
        if (request.Contains("wait") && !request.TryGetBoolean("wait", out wait))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "wait is not a boolean");
            return;
        }

        if (FindService(connection, request, right) is Service service)
        {
            _supervisor.Post(Input.Command(Remember(connection), type, service.Name, wait, connection.Peer.Name));
        }
    }

    private void Status(JsonConnection connection, JsonObject request)
    {
        if (FindService(connection, request, ControlRights.QueryStatus) is Service service)
        {
            _answers.Status(connection, service);
        }
    }

    private void OperationStatus(JsonConnection connection, JsonObject request)
    {
        if (!request.TryGetString("operation_id", out string text) || !Guid.TryParseExact(text, "D", out Guid id))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "operation_id is missing or no GUID");
            return;
        }

        if (_supervisor.Machine.FindOperation(id, Supervisor.Now) is not Operation operation)
        {
            connection.Fail(ControlMessage.OperationNotFound, $"there is no operation {id}");
        }
        else if (!Access.MayService(connection.Peer, operation.Service, ControlRights.QueryStatus))
        {
            connection.Fail(ErrorCodes.AccessDenied, "SERVICE_QUERY_STATUS is not granted on the operation's service");
        }
        else
        {
            ControlAnswers.Operation(connection, operation);
        }
    }

    private void Shutdown(JsonConnection connection, JsonObject request)
    {
        if (!request.TryGetString("type", out string text) || !TryShutdownType(text, out ShutdownType type))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "type is missing or not one of poweroff, reboot, halt");
        }
        else if (!Access.MayControl(connection.Peer, ControlRights.Shutdown))
        {
            connection.Fail(ErrorCodes.AccessDenied, "SYSTEM_SHUTDOWN is not granted");
        }
        else if (_supervisor.Machine.IsShuttingDown)
        {
            connection.Fail(ControlMessage.ShuttingDown, "the system is going down already");
        }
        else
        {
            // The answer leaves before the first step (PEINIT-401).
            Utf8JsonWriter writer = connection.BeginAnswer();
            writer.WriteString("type"u8, Names.Of(type));
            connection.EndAnswer(writer);
            _supervisor.Post(Input.Shutdown(Remember(connection), type));
        }
    }

    private void ReloadConfig(JsonConnection connection)
    {
        if (!Access.MayControl(connection.Peer, ControlRights.ReloadConfig))
        {
            connection.Fail(ErrorCodes.AccessDenied, "SYSTEM_RELOAD_CONFIG is not granted");
        }
        else if (_supervisor.Machine.IsShuttingDown)
        {
            connection.Fail(ControlMessage.ShuttingDown, "the system is going down");
        }
        else
        {
            _supervisor.Configuration.Reload(Remember(connection));
        }
    }

    private Service? FindService(JsonConnection connection, JsonObject request, uint right)
    {
        if (!request.TryGetString("service", out string name))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "service is missing or not a string");
            return null;
        }

        if (_supervisor.Machine.FindService(name) is not Service service)
        {
            connection.Fail(ControlMessage.ServiceNotFound, $"there is no service {name}");
            return null;
        }

        if (Access.MayService(connection.Peer, service, right))
        {
            return service;
        }

        connection.Fail(ErrorCodes.AccessDenied, $"{ControlRights.NameOf(right, control: false)} is not granted on {service.Name}");
        return null;
    }

    private static bool TryShutdownType(string text, out ShutdownType type)
    {
        for (type = ShutdownType.Poweroff; type <= ShutdownType.Halt; type++)
        {
            if (Names.Of(type) == text)
            {
                return true;
            }
        }

        return false;
    }

    private long Remember(JsonConnection connection)
    {
        _waiting[++_lastRequest] = connection;
        return _lastRequest;
    }
}
