// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Peios.Interop;
using Peios.Ipc;

namespace Agent;

/// <summary>What the host may ask for: run, read, write, ping. Every answer carries the request's id.</summary>
internal sealed class Commands
{
    private readonly EventLoop _loop;
    private readonly AgentPort _port;
    private readonly Dictionary<int, RunningCommand> _running = [];

    /// <summary>Answers on <paramref name="port"/>.</summary>
    public Commands(EventLoop loop, AgentPort port)
    {
        _loop = loop;
        _port = port;
    }

    /// <summary>Handles one request.</summary>
    public void Handle(JsonObject request)
    {
        _ = request.TryGetInt64("id", out long id);
        _ = request.TryGetString("op", out string operation);
        try
        {
            switch (operation)
            {
                case "ping": _port.Send(writer => writer.WriteNumber("id", id)); break;
                case "run": Run(id, request); break;
                case "read": Read(id, request); break;
                case "write": Write(id, request); break;
                default: Fail(id, $"unknown op '{operation}'"); break;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            Fail(id, failure.Message);
        }
    }

    /// <summary>Reaps every child that has ended and finishes its command.</summary>
    public void Reap()
    {
        while (Processes.PeekExited(out ExitedChild child))
        {
            if (_running.Remove(child.Pid, out RunningCommand? command))
            {
                command.Finish(_loop, child, _port);
            }

            _ = Processes.Reap(child.Pid);
        }
    }

    private void Run(long id, JsonObject request)
    {
        Errno error = RunningCommand.Start(id, request, this, _loop, out RunningCommand? command, out string problem);
        if (command is null)
        {
            Fail(id, $"{problem}: {error}");
            return;
        }

        _running.Add(command.Pid, command);
    }

    private void Read(long id, JsonObject request)
    {
        _ = request.TryGetString("path", out string path);
        // Not by length: files of the kernel claim one that they do not have.
        using FileStream file = File.OpenRead(path);
        using MemoryStream data = new();
        file.CopyTo(data);
        _port.Send(writer =>
        {
            writer.WriteNumber("id", id);
            writer.WriteBase64String("data", data.GetBuffer().AsSpan(0, (int)data.Length));
        });
    }

    private void Write(long id, JsonObject request)
    {
        _ = request.TryGetString("path", out string path);
        _ = request.TryGetString("data", out string data);
        _ = request.TryGetInt64("mode", out long mode);
        File.WriteAllBytes(path, Convert.FromBase64String(data));
        Errno error = Files.ChangeMode(path, (int)mode);
        if (error.Ok)
        {
            _port.Send(writer => writer.WriteNumber("id", id));
        }
        else
        {
            Fail(id, error.ToString());
        }
    }

    private void Fail(long id, string message) => _port.Send(writer =>
    {
        writer.WriteNumber("id", id);
        writer.WriteString("error", message);
    });
}
