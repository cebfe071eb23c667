// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Peios.Events;
using Peios.Events.Example;
using Peios.Interop;
using Peios.Interop.Kmes;

// What a service needs to emit events, and a consumer to read them, on one page:
//
//   events-example emit 3      emits three events         (needs SeAuditPrivilege)
//   events-example watch       prints events as they come (needs SeSecurityPrivilege)
switch (args)
{
    case ["emit", string count] when int.TryParse(count, out int events):
        return Emit(events);
    case ["watch"]:
        return Watch();
    default:
        Console.Error.WriteLine("usage: events-example emit COUNT | watch");
        return 64;
}

static int Emit(int count)
{
    if (!EventEmitter.Open().TryGet(out EventEmitter? emitter, out Errno error))
    {
        return Failed($"{KmesDevice.Path}: {error}");
    }

    using (emitter)
    {
        Span<byte> buffer = stackalloc byte[128];
        for (int i = 0; i < count; i++)
        {
            // The payload is one MessagePack map, built in place: nothing is allocated.
            MsgPackWriter w = new(buffer);
            w.Map(2);
            w.String("number"u8);
            w.Int64(i);
            w.String("even"u8);
            w.Boolean(i % 2 == 0);
            error = emitter.Emit("example.counted"u8, w.Written);
            if (!error.Ok)
            {
                return Failed(error.ToString()); // EAGAIN: too fast. A service would count it and go on.
            }
        }
    }

    return 0;
}

static int Watch()
{
    if (!KmesDevice.Open().TryGet(out KmesDevice? device, out Errno error))
    {
        return Failed($"{KmesDevice.Path}: {error}");
    }

    // CPUs are found by attaching until there is no more (KMES-076); each ring has a thread of its own.
    uint cpu = 0;
    while (Ring.Attach(device, cpu).TryGet(out Ring? ring, out error))
    {
        new Thread(new RingPrinter(device, ring).Run) { Name = $"cpu {cpu}" }.Start();
        cpu++;
    }

    return cpu > 0 && error == Errno.EINVAL ? 0 : Failed($"cpu {cpu}: {error}");
}

static int Failed(string message)
{
    Console.Error.WriteLine($"events-example: {message}");
    return 1;
}
