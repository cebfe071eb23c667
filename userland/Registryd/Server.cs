// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Registryd.Serve;
using Registryd.Store;

namespace Registryd;

/// <summary>The serving mode: start order of LOREG-005; any failure before the loop ends the program (LOREG-006).</summary>
internal sealed class Server
{
    private readonly List<HiveService> _hives = [];
    private readonly List<HiveLock> _locks = [];
    private readonly HiveMap _map = new();
    private ulong _maxSequence;

    /// <summary>Serves until a signal, the end of the device, or damage; returns the exit status.</summary>
    public static int Run(IReadOnlyList<HiveArgument> hives)
    {
        Server server = new();
        string problem = server.Start(hives);
        if (problem.Length > 0)
        {
            Console.Error.WriteLine("registryd: " + problem);
            return 1;
        }

        return server.Wait();
    }

    private string Start(IReadOnlyList<HiveArgument> arguments)
    {
        LateSink sink = new();
        foreach (HiveArgument argument in arguments)
        {
            StoreError error = OpenHive(new HiveFile(argument), sink);
            if (!error.Ok)
            {
                return error.Message;
            }
        }

        List<RequestHandler> handlers = [];
        for (int i = 0; i < DeviceServer.ReaderCount; i++)
        {
            StoreError error = RequestHandler.Open(_hives, _map, sink, out RequestHandler? handler);
            if (!error.Ok)
            {
                return error.Message;
            }

            handlers.Add(handler!);
        }

        return Register(handlers, sink);
    }

    private StoreError OpenHive(HiveFile file, IResponseSink sink)
    {
        StoreError error = HiveLock.Take(file, out HiveLock? held);
        if (!error.Ok)
        {
            return error;
        }

        _locks.Add(held!);
        error = file.Prepare(out SqliteDatabase? db, out ulong maxSequence);
        if (!error.Ok)
        {
            return error;
        }

        error = RootKey.Read(db!, out byte[]? root);
        if (error.Ok)
        {
            error = HiveWriter.Open(db!, out HiveWriter? writer);
            if (error.Ok)
            {
                _map.AddRoot(root!, _hives.Count);
                _hives.Add(new HiveService(file, writer!, root!, sink));
                _maxSequence = Math.Max(_maxSequence, maxSequence);
            }
        }

        return error;
    }

    private string Register(List<RequestHandler> handlers, LateSink sink)
    {
        if (!RsiDevice.Open().TryGet(out RsiDevice? device, out Errno error))
        {
            return $"cannot open {RsiDevice.DefaultPath}: {error}";
        }

        RsiHive[] offered = new RsiHive[_hives.Count];
        for (int i = 0; i < offered.Length; i++)
        {
            offered[i] = new RsiHive(_hives[i].File.Name, _hives[i].RootGuid);
        }

        error = device.Register(offered, _maxSequence);
        if (!error.Ok)
        {
            return $"the kernel refuses these hives: {error}";
        }

        DeviceServer intake = new(device);
        sink.Target = intake;
        foreach (HiveService hive in _hives)
        {
            hive.Start();
        }

        intake.Start(handlers);
        return "";
    }

    private int Wait()
    {
        // Opened before READY: a stop that comes right after must find somebody listening.
        bool waits = Signals.Open([Signals.Terminate, Signals.Interrupt]).TryGet(out Fd? signals, out Errno error);
        if (!waits)
        {
            Console.Error.WriteLine($"registryd: cannot wait for signals: {error}");
            return 1;
        }

        error = NotifyClient.Ready();
        if (!error.Ok)
        {
            Console.Error.WriteLine($"registryd: cannot report readiness: {error}");
            return 1;
        }

        foreach (HiveService hive in _hives)
        {
            // The file was checked at the start (LOREG-050); a failed backup leaves the old one, and serving goes on.
            StoreError failed = hive.File.Backup();
            if (!failed.Ok)
            {
                Console.Error.WriteLine("registryd: " + failed.Message);
            }
        }

        while (Polling.Wait(signals!, Polling.Readable, -1).Error == Errno.EINTR)
        {
        }

        _ = NotifyClient.Stopping();
        foreach (HiveService hive in _hives)
        {
            hive.Stop();
        }

        _locks.ForEach(static held => held.Dispose());
        return 0;
    }
}
