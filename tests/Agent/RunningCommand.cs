// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Ipc;

namespace Agent;

/// <summary>One command of the host: its process, its pipes and its deadline.</summary>
internal sealed class RunningCommand : LoopTimer
{
    private static readonly string[] BaseEnvironment =
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"];

    private readonly long _id;
    private readonly SpawnedChild _child;
    private readonly OutputPipe _stdout;
    private readonly OutputPipe _stderr;
    private readonly InputPipe _stdin;
    private readonly ExitWatch _exit;
    private bool _timedOut;
    private bool _announced;

    private RunningCommand(long id, SpawnedChild child, Pipes pipes, byte[] input, Commands owner)
    {
        _id = id;
        _child = child;
        _stdout = new OutputPipe(pipes.StdoutRead);
        _stderr = new OutputPipe(pipes.StderrRead);
        _stdin = new InputPipe(pipes.StdinWrite, input);
        _exit = new ExitWatch(child.Process, owner);
    }

    /// <summary>Its process id.</summary>
    public int Pid => _child.Pid;

    /// <summary>Starts what the request describes; null and the reason when it cannot.</summary>
    public static Errno Start(
        long id, JsonObject request, Commands owner, EventLoop loop, out RunningCommand? command, out string problem)
    {
        command = null;
        problem = "argv";
        if (!request.TryGetStrings("argv", out string[] arguments) || arguments.Length == 0)
        {
            return Errno.EINVAL;
        }

        Fd? token = null;
        if (request.TryGetString("identity", out string identity))
        {
            problem = "token";
            _ = request.TryGetString("service", out string service);
            if (!ServiceToken.Request(identity, service).TryGet(out token, out Errno refused))
            {
                return refused;
            }
        }

        using (token)
        {
            problem = "spawn";
            Errno error = Pipes.Open(out Pipes? pipes);
            if (!error.Ok || pipes is null)
            {
                return error;
            }

            Result<SpawnedChild> started = Spawner.Start(Plan(request, arguments, pipes, token));
            pipes.CloseChildEnds();
            if (!started.TryGet(out SpawnedChild? child, out error))
            {
                pipes.CloseOwnEnds();
                return error;
            }

            _ = request.TryGetString("stdin", out string input);
            command = new RunningCommand(id, child, pipes, Convert.FromBase64String(input), owner);
            return command.Watch(loop, request);
        }
    }

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now)
    {
        _timedOut = true;
        _ = Processes.Signal(_child.Process, Signals.Kill);
    }

    /// <summary>The process has ended: collects what is still in the pipes and answers.</summary>
    public void Finish(EventLoop loop, ExitedChild exited, AgentPort port)
    {
        loop.Cancel(this);
        _stdout.Drain(loop);
        _stderr.Drain(loop);
        _stdin.Close(loop);
        loop.Remove(_exit);
        SpawnReport report = Spawner.ReadReport(_child.Report, ref _announced);
        port.Send(writer =>
        {
            writer.WriteNumber("id", _id);
            writer.WriteNumber("exit", exited.Code ?? -1);
            writer.WriteNumber("signal", exited.Signal ?? 0);
            writer.WriteBoolean("timed_out", _timedOut);
            writer.WriteBase64String("stdout", _stdout.Collected);
            writer.WriteBase64String("stderr", _stderr.Collected);
            if (report.Verdict == SpawnVerdict.Failed)
            {
                writer.WriteString("error", $"setup step {report.Step}: {report.Error}");
            }
        });
        _child.Dispose();
    }

    private static SpawnPlan Plan(JsonObject request, string[] arguments, Pipes pipes, Fd? token)
    {
        List<string> environment = [.. BaseEnvironment];
        if (request.TryGetStrings("env", out string[] more))
        {
            environment.AddRange(more);
        }

        return new SpawnPlan
        {
            Path = arguments[0],
            Arguments = arguments,
            Environment = environment,
            WorkingDirectory = request.TryGetString("cwd", out string directory) ? directory : "/",
            Stdin = pipes.StdinRead,
            Stdout = pipes.StdoutWrite,
            Stderr = pipes.StderrWrite,
            Token = token,
            InstallRequest = ServiceToken.InstallRequest,
        };
    }

    private Errno Watch(EventLoop loop, JsonObject request)
    {
        if (request.TryGetUInt64("timeout_ms", out ulong milliseconds))
        {
            loop.Schedule(this, Clock.Monotonic + (milliseconds * 1_000_000));
        }

        Errno error = loop.Add(_stdout, LoopEvents.Readable);
        error = error.Ok ? loop.Add(_stderr, LoopEvents.Readable) : error;
        error = error.Ok ? loop.Add(_stdin, LoopEvents.Writable) : error;
        return error.Ok ? loop.Add(_exit, LoopEvents.Readable) : error;
    }

    /// <summary>The pidfd: readable once the process has ended.</summary>
    private sealed class ExitWatch(Fd process, Commands owner) : EventSource
    {
        public override Fd Descriptor => process;

        public override void Ready(EventLoop loop, LoopEvents events) => owner.Reap();
    }
}
