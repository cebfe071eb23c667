// SPDX-License-Identifier: MIT
using System;
using Agent;
using Peios.Interop;
using Peios.Ipc;

// The guest's end of tests/Vm/Guest.cs: commands come over a virtio-serial port. Test images only.
if (!AgentPort.Open().TryGet(out AgentPort? port, out Errno error) || !EventLoop.Create().TryGet(out EventLoop? loop, out error))
{
    Console.Error.WriteLine($"peios-agent: no port {AgentPort.Name}: {error}");
    return 1;
}

Commands commands = new(loop, port);
port.OnRequest(commands.Handle);
loop.OnFault((_, exception) => Console.Error.WriteLine($"peios-agent: {exception}"));
error = loop.Add(port, LoopEvents.Readable);
port.SendHello();
_ = NotifyClient.Ready();
error = error.Ok ? loop.Run() : error;

// peinit starts it again: the port answers anew.
Console.Error.WriteLine($"peios-agent: ends: {error}");
return 1;
