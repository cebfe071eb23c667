// SPDX-License-Identifier: MIT
using System;
using Authd;
using Authd.Sources;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

// Start order of AUTH-017: self-check, policy, sources, KMES, socket, READY=1. A dead lpsd delays nothing.
if (args.Length != 0)
{
    Console.Error.WriteLine("authd: takes no arguments");
    return 2;
}

Errno error = Hardening.KeepMemoryPrivate();
if (!error.Ok)
{
    return Startup.Fail("cannot keep memory private", error);
}

if (!KacsDevice.Open().TryGet(out KacsDevice? device, out error))
{
    return Startup.Fail($"cannot open {KacsDevice.Path}", error);
}

error = Startup.CheckPrivileges(device);
if (!error.Ok)
{
    return Startup.Fail("SeCreateTokenPrivilege and SeTcbPrivilege must be enabled", error);
}

if (!EventLoop.Create().TryGet(out EventLoop? loop, out error))
{
    return Startup.Fail("cannot make an event loop", error);
}

HotPolicy policy = new(device.SetAnonymousPolicy);
policy.Start();
EventEmitter? emitter = EventEmitter.Open().TryGet(out EventEmitter? opened) ? opened : null;
AuditLog audit = new(emitter);
LpsdLink link = new(loop, LpsdLink.DefaultPath, Startup.SourceTimeout) { Changed = up => audit.Source(LocalSource.Name, up) };
_ = Files.MakeDirectory("/run/authd", 0x1ED);
if (!UnixSocket.Listen(Startup.SocketPath, 0x1B6).TryGet(out UnixSocket? listener, out error))
{
    return Startup.Fail($"cannot listen on {Startup.SocketPath}", error);
}

using AuthdServer server = new(loop, listener, device, policy, new LocalSource(link), audit);
error = server.Start();
if (!error.Ok || !Signals.Open([Signals.Terminate, Signals.Interrupt]).TryGet(out Fd? signals, out error))
{
    return Startup.Fail("cannot start", error);
}

_ = loop.Add(new StopSource(signals), LoopEvents.Readable);
error = NotifyClient.Ready();
if (!error.Ok)
{
    Console.Error.WriteLine($"authd: cannot report readiness: {error}");
}

error = loop.Run();
return error.Ok ? 0 : Startup.Fail("the event loop failed", error);
