// SPDX-License-Identifier: MIT
using System;
using Lpsd.Store;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Interop.Sqlite;
using Peios.Ipc;

namespace Lpsd;

/// <summary>The start order of LPS-003 and its exit codes: 0 stopped, 1 internal, 3 store refused, 4 lock held.</summary>
internal static class Daemon
{
    public const int StoreRefused = 3;
    public const int LockHeld = 4;

    private const string Directory = "/var/lib/lpsd";
    private const string SocketPath = "/run/lpsd/lpsd.sock";

    /// <summary>Serves until told to stop.</summary>
    public static int Run()
    {
        Errno error = Hardening.KeepMemoryPrivate();
        if (!error.Ok)
        {
            return Fail("cannot keep memory private", error);
        }

        StoreFiles files = new(Directory);
        using Fd? held = files.TryLock();
        if (held is null)
        {
            Console.Error.WriteLine($"lpsd: {Directory}/lock is held or cannot be opened");
            return LockHeld;
        }

        if (!files.TryOpen(out LpsStore? store, out string problem))
        {
            Console.Error.WriteLine($"lpsd: store refused: {problem}");
            return StoreRefused;
        }

        using (store)
        {
            return Serve(files, store);
        }
    }

    /// <summary><c>--check</c>: verifies the store of a stopped lpsd (LPS-018).</summary>
    public static int Check()
    {
        StoreFiles files = new(Directory);
        using Fd? held = files.TryLock();
        if (held is null)
        {
            Console.Error.WriteLine("lpsd: it is running");
            return LockHeld;
        }

        bool ok = files.TryCheck(out string problem);
        Console.Error.WriteLine(ok ? "lpsd: the store is whole" : $"lpsd: {problem}");
        return ok ? 0 : StoreRefused;
    }

    private static int Serve(StoreFiles files, LpsStore store)
    {
        LpsdEvents events = new(EventEmitter.Open().TryGet(out EventEmitter? emitter) ? emitter : null);
        events.Store(files.Created ? "created" : "opened", "OK", store.MachineSid);
        SqliteCode backup = files.Backup(store);
        if (backup != SqliteCode.Ok)
        {
            Console.Error.WriteLine($"lpsd: the store could not be copied to lps.db.bak: {backup}");
            events.Store("backup failed", LpsdCodes.StoreError, store.MachineSid);
        }

        HotSecurity security = new();
        security.Start();
        AccountFiles accounts = new("/etc");
        Errno error = accounts.Write(store);
        if (!error.Ok)
        {
            Console.Error.WriteLine($"lpsd: the account files could not be written: {error}");
        }

        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out error))
        {
            return Fail($"cannot open {KacsDevice.Path}", error);
        }

        _ = Files.MakeDirectory("/run/lpsd", 0x1ED);
        if (!EventLoop.Create().TryGet(out EventLoop? loop, out error) || !UnixSocket.Listen(SocketPath, 0x1B6).TryGet(out UnixSocket? listener, out error))
        {
            return Fail($"cannot listen on {SocketPath}", error);
        }

        using LpsdServer server = new(loop, listener, device, store, () => security.Current, accounts, events);
        return Loop(loop, server, store);
    }

    private static int Loop(EventLoop loop, LpsdServer server, LpsStore store)
    {
        Errno error = server.Start();
        if (!error.Ok || !Signals.Open([Signals.Terminate, Signals.Interrupt]).TryGet(out Fd? signals, out error))
        {
            return Fail("cannot start", error);
        }

        _ = loop.Add(new StopSource(signals), LoopEvents.Readable);
        error = NotifyClient.Ready();
        if (!error.Ok)
        {
            Console.Error.WriteLine($"lpsd: cannot report readiness: {error}");
        }

        error = loop.Run();
        store.Reset();
        store.Execute("PRAGMA wal_checkpoint(TRUNCATE)"u8);
        return error.Ok && !server.IsStoreDamaged ? 0 : 1;
    }

    private static int Fail(string what, Errno error)
    {
        Console.Error.WriteLine($"lpsd: {what}: {error}");
        return 1;
    }
}
