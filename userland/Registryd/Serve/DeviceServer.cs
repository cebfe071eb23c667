// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Peios.Interop;
using Peios.Interop.Rsi;
using Registryd.Store;

namespace Registryd.Serve;

/// <summary>The intake threads on <c>/dev/pkm_registry</c>: the kernel hands each request to one of them.</summary>
internal sealed class DeviceServer : IResponseSink
{
    private const int StackBytes = 512 * 1024;
    private const int FirstBuffer = 16 * 1024;
    private const int LargestBuffer = 256 << 20;

    private readonly RsiDevice _device;

    /// <summary>Serves on an open device.</summary>
    public DeviceServer(RsiDevice device) => _device = device;

    /// <summary>Readers per hive: one per CPU, two to sixteen (LOREG-025).</summary>
    public static int ReaderCount => Math.Clamp(Environment.ProcessorCount, 2, 16);

    /// <summary>Starts one thread for each handler.</summary>
    public void Start(IReadOnlyList<RequestHandler> handlers)
    {
        for (int i = 0; i < handlers.Count; i++)
        {
            RequestHandler handler = handlers[i];
            new Thread(() => Loop(handler), StackBytes) { Name = "intake", IsBackground = true }.Start();
        }
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame)
    {
        Errno error = _device.Write(frame);
        if (!error.Ok)
        {
            Fail($"cannot answer the kernel: {error}");
        }
    }

    /// <inheritdoc/>
    [DoesNotReturn]
    public void Fail(string message)
    {
        Console.Error.WriteLine("registryd: " + message);
        Environment.Exit(1);
        throw new InvalidOperationException(message);
    }

    private void Loop(RequestHandler handler)
    {
        byte[] buffer = new byte[FirstBuffer];
        for (; ; )
        {
            if (_device.Read(buffer).TryGet(out int length, out Errno error))
            {
                handler.Handle(buffer.AsSpan(0, length));
                if (buffer.Length > FirstBuffer)
                {
                    buffer = new byte[FirstBuffer];
                }
            }
            else if (error == Errno.EMSGSIZE && buffer.Length < LargestBuffer)
            {
                buffer = new byte[buffer.Length * 4];
            }
            else
            {
                Fail($"the kernel closed the device: {error}");
            }
        }
    }
}
