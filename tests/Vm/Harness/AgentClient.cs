// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Tests.Vm.Harness;

/// <summary>The host's end of the agent's port: one JSON object per line, answers matched by id.</summary>
internal sealed class AgentClient : IDisposable
{
    // Beyond a command's own time: the agent answers then, unless the guest is stuck.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
    private readonly Socket _socket;
    private readonly StreamReader _reader;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly object _sending = new();
    private long _lastId;

    private AgentClient(Socket socket)
    {
        _socket = socket;
        _reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
        new Thread(Receive) { IsBackground = true, Name = "guest agent" }.Start();
    }

    /// <summary>True once an agent has said hello on this connection.</summary>
    public bool Greeted { get; private set; }

    /// <summary>Connects to QEMU's socket, which exists soon after QEMU was started.</summary>
    public static AgentClient Connect(string path, Func<bool> running)
    {
        using ManualResetEventSlim never = new();
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return new AgentClient(socket);
            }
            catch (SocketException) when (running())
            {
                socket.Dispose();
                never.Wait(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public CommandResult Run(GuestCommand command)
    {
        Task<CommandResult> task = Begin(command);
        return task.Wait(command.Timeout + Grace) ? task.Result : throw new GuestFailure($"no answer from the agent: {Name(command)}");
    }

    /// <summary>Starts a command.</summary>
    public async Task<CommandResult> Begin(GuestCommand command)
    {
        JsonObject request = new()
        {
            ["op"] = "run",
            ["argv"] = Array(command.Arguments),
            ["env"] = Array(command.Environment),
            ["cwd"] = command.Directory,
            ["stdin"] = Convert.ToBase64String(command.Input),
            ["timeout_ms"] = (long)command.Timeout.TotalMilliseconds,
        };
        if (command.Identity is not null)
        {
            request["identity"] = command.Identity;
            request["service"] = command.Service;
        }

        JsonObject answer = await Send(request).ConfigureAwait(false);
        return new CommandResult(
            Name(command),
            (int?)answer["exit"] ?? -1,
            (int?)answer["signal"] ?? 0,
            (bool?)answer["timed_out"] ?? false,
            Bytes(answer["stdout"]),
            Bytes(answer["stderr"]),
            (string?)answer["error"]);
    }

    /// <summary>Reads a file.</summary>
    public byte[] Read(string path) => Bytes(Ask(new JsonObject { ["op"] = "read", ["path"] = path })["data"]);

    /// <summary>Writes a file.</summary>
    public void Write(string path, byte[] content, int mode) => Ask(new JsonObject
    {
        ["op"] = "write",
        ["path"] = path,
        ["data"] = Convert.ToBase64String(content),
        ["mode"] = mode,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _reader.Dispose();
    }

    private static string Name(GuestCommand command) => string.Join(' ', command.Arguments);

    private static byte[] Bytes(JsonNode? node) => Convert.FromBase64String((string?)node ?? "");

    private static JsonArray Array(string[] items) => new(System.Array.ConvertAll(items, item => (JsonNode)item));

    private JsonObject Ask(JsonObject request)
    {
        Task<JsonObject> task = Send(request);
        JsonObject answer = task.Wait(Grace) ? task.Result : throw new GuestFailure($"no answer from the agent: {request["op"]} {request["path"]}");
        return (string?)answer["error"] is { } error ? throw new GuestFailure($"{request["op"]} {request["path"]}: {error}") : answer;
    }

    private Task<JsonObject> Send(JsonObject request)
    {
        long id = Interlocked.Increment(ref _lastId);
        request["id"] = id;
        TaskCompletionSource<JsonObject> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = completion;
        byte[] line = Encoding.UTF8.GetBytes(request.ToJsonString() + "\n");
        lock (_sending)
        {
            for (int sent = 0; sent < line.Length;)
            {
                sent += _socket.Send(line.AsSpan(sent));
            }
        }

        return completion.Task;
    }

    private void Receive()
    {
        try
        {
            while (_reader.ReadLine() is { } line)
            {
                Dispatch(line);
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // The machine ended, or this client was disposed of.
        }

        FailPending("the connection to the agent ended");
    }

    private void Dispatch(string line)
    {
        JsonObject message;
        try
        {
            message = JsonNode.Parse(line)!.AsObject();
        }
        catch (JsonException)
        {
            // An agent that was killed while it wrote leaves half a line before the next one's hello.
            return;
        }

        if (message.ContainsKey("hello"))
        {
            // A new agent knows nothing of what an earlier one was asked.
            FailPending("the agent was restarted");
            Greeted = true;
        }
        else if (_pending.TryRemove((long)message["id"]!, out TaskCompletionSource<JsonObject>? completion))
        {
            completion.SetResult(message);
        }
    }

    private void FailPending(string reason)
    {
        foreach (long id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out TaskCompletionSource<JsonObject>? completion))
            {
                completion.SetException(new GuestFailure(reason));
            }
        }
    }
}
