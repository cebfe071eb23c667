// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd;
using Registryd.Serve;
using Registryd.Store;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>A served hive in a folder of its own, with the kernel's side played by the test.</summary>
internal sealed class StoreHarness : IResponseSink, IDisposable
{
    private readonly BlockingCollection<byte[]> _answers = [];
    private readonly List<HiveService> _hives = [];
    private readonly RequestHandler _handler;
    private ulong _nextId = 1;

    public StoreHarness(string? folder = null, string limit = "", string? name = null)
    {
        Folder = folder ?? Directory.CreateTempSubdirectory("registryd").FullName;
        HiveFile file = new(new HiveArgument(name ?? "Machine" + Guid.NewGuid().ToString("N"), DatabasePath));
        StoreError error = file.Prepare(out SqliteDatabase? db, out ulong maxSequence);
        Assert.True(error.Ok, error.Message);
        MaxSequence = maxSequence;
        if (limit.Length > 0)
        {
            _ = db!.Execute(Encoding.UTF8.GetBytes(limit));
        }

        Assert.True(RootKey.Read(db!, out byte[]? root).Ok);
        Root = root!;
        Assert.True(HiveWriter.Open(db!, out HiveWriter? writer).Ok);
        HiveMap map = new();
        map.AddRoot(Root, 0);
        _hives.Add(new HiveService(file, writer!, Root, this));
        Assert.True(RequestHandler.Open(_hives, map, this, out RequestHandler? handler).Ok);
        _handler = handler!;
        _hives[0].Start();
        File = file;
    }

    public HiveFile File { get; }

    public string Folder { get; }

    public string DatabasePath => Path.Combine(Folder, "machine.regdb");

    public byte[] Root { get; }

    public ulong MaxSequence { get; }

    public string? Failure { get; private set; }

    public void Send(ReadOnlySpan<byte> frame) => _answers.Add(frame.ToArray());

    [DoesNotReturn]
    public void Fail(string message)
    {
        Failure = message;
        throw new InvalidOperationException(message);
    }

    /// <summary>Sends a request without waiting.</summary>
    public ulong Post(uint operation, ReadOnlySpan<byte> payload, ulong transaction = 0)
    {
        byte[] frame = new byte[RsiAbi.RSI_REQUEST_HEADER_LEN + payload.Length];
        SpanWriter w = new(frame);
        w.U32((uint)frame.Length);
        w.U64(_nextId);
        w.U16((ushort)operation);
        w.U64(transaction);
        w.Bytes(payload);
        _handler.Handle(frame);
        return _nextId++;
    }

    /// <summary>Sends bytes as the kernel would.</summary>
    public void PostFrame(ReadOnlySpan<byte> frame) => _handler.Handle(frame);

    /// <summary>Takes the next answer.</summary>
    public byte[] Take()
    {
        Assert.True(_answers.TryTake(out byte[]? answer, TimeSpan.FromSeconds(60)), "no answer");
        return answer;
    }

    /// <summary>Sends a request and waits; the status, and the fields behind it.</summary>
    public RsiStatus Call(uint operation, ReadOnlySpan<byte> payload, out byte[] fields, ulong transaction = 0)
    {
        ulong id = Post(operation, payload, transaction);
        byte[] answer = Take();
        SpanReader r = new(answer);
        Assert.Equal((uint)answer.Length, r.U32());
        Assert.Equal(id, r.U64());
        Assert.Equal((ushort)(operation | RsiAbi.RSI_RESPONSE_BIT), r.U16());
        RsiStatus status = (RsiStatus)r.U32();
        fields = answer[18..];
        return status;
    }

    public RsiStatus Call(uint operation, ReadOnlySpan<byte> payload) => Call(operation, payload, out _);

    public void Dispose()
    {
        foreach (HiveService hive in _hives)
        {
            hive.Stop();
        }

        _handler.Dispose();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
