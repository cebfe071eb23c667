// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Control;

/// <summary>
/// Makes peinit fail on purpose, so that tests can see that it survives. Known only on a kernel command line with
/// peios.faults=1, and guarded by SYSTEM_SHUTDOWN: whoever may bring the machine down may also shake it.
/// </summary>
internal static class FaultCommand
{
    internal static void Run(Supervisor supervisor, ControlAccess access, JsonConnection connection, JsonObject request)
    {
        if (!request.TryGetString("kind", out string kind))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "kind is missing");
            return;
        }

        if (!access.MayControl(connection.Peer, ControlRights.Shutdown))
        {
            connection.Fail(ErrorCodes.AccessDenied, "SYSTEM_SHUTDOWN is not granted");
            return;
        }

        switch (kind)
        {
            case "exception":
                supervisor.Loop.Schedule(new Thrower(), 0);
                connection.Succeed();
                throw new InvalidOperationException("thrown on purpose");
            case "segv":
                connection.Succeed();
                CrashGuard.Fault();
                break;
            case "oom":
                connection.Succeed();
                Exhaust();
                break;
            case "stack":
                connection.Succeed();
                _ = Recurse(0);
                break;
            default:
                connection.Fail(ErrorCodes.InvalidRequest, "kind is none of exception, segv, oom, stack");
                break;
        }
    }

    private static void Exhaust()
    {
        List<byte[]> hoard = [];
        for (; ; )
        {
            byte[] block = new byte[1 << 20];
            Array.Fill(block, (byte)1);
            hoard.Add(block);
        }
    }

    private static unsafe int Recurse(int depth)
    {
        byte* room = stackalloc byte[4096];
        room[depth & 4095] = 1;
        return Recurse(depth + 1) + room[0];
    }

    private sealed class Thrower : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now) => throw new InvalidOperationException("thrown on purpose by a timer");
    }
}
