// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.IO;
using System.Text.Json;
using Peios.Interop;
using Peios.Ipc;

namespace Agent;

/// <summary>The virtio-serial port: one JSON object per line in both directions.</summary>
internal sealed class AgentPort : EventSource
{
    /// <summary>Name QEMU gives the port.</summary>
    public const string Name = "org.peios.agent";

    private const int MaxLine = 64 * 1024 * 1024;
    private readonly Fd _fd;
    private readonly JsonLines _lines = new(MaxLine);
    private readonly byte[] _chunk = new byte[65536];
    private Action<JsonObject>? _handler;

    private AgentPort(Fd fd) => _fd = fd;

    /// <inheritdoc/>
    public override Fd Descriptor => _fd;

    /// <summary>Finds the port by its name: without udev there are no links to it.</summary>
    public static Result<AgentPort> Open()
    {
        foreach (string folder in Directory.GetDirectories("/sys/class/virtio-ports"))
        {
            string nameFile = Path.Combine(folder, "name");
            if (File.Exists(nameFile) && File.ReadAllText(nameFile).Trim() == Name)
            {
                Result<Fd> opened = Files.Open($"/dev/{Path.GetFileName(folder)}", Files.ReadWrite | Files.NonBlocking);
                return opened.TryGet(out Fd? fd, out Errno error) ? new AgentPort(fd) : error;
            }
        }

        return Errno.ENODEV;
    }

    /// <summary>Names who gets the requests.</summary>
    public void OnRequest(Action<JsonObject> handler) => _handler = handler;

    /// <summary>Tells the host that a new agent listens; requests sent to an earlier one are lost.</summary>
    public void SendHello() => Send(writer => writer.WriteString("hello", File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()));

    /// <summary>Sends one object; waits while the host does not read.</summary>
    public void Send(Action<Utf8JsonWriter> fields)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        ReadOnlySpan<byte> rest = buffer.WrittenSpan;
        while (!rest.IsEmpty)
        {
            if (Files.Write(_fd, rest).TryGet(out int written, out Errno error))
            {
                rest = rest[written..];
            }
            else if (error != Errno.EAGAIN || !Polling.Wait(_fd, Polling.Writable, 10_000).Ok)
            {
                throw new IOException($"port: {error}");
            }
        }
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        if (!Files.Read(_fd, _chunk).TryGet(out int n, out Errno error))
        {
            loop.Stopping = error != Errno.EAGAIN;
            return;
        }

        if (n == 0)
        {
            loop.Stopping = true;
            return;
        }

        _lines.Append(_chunk.AsSpan(0, n));
        while (_lines.TryTake(out ReadOnlySpan<byte> line))
        {
            if (JsonObject.TryParse(line, out JsonObject? request, out _))
            {
                _handler?.Invoke(request!);
            }
        }
    }
}
