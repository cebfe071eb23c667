// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop;

/// <summary>
/// Closes descriptors that another process sent, or sockets that may hold such descriptors. A plain close of one of
/// them may wait as long as its sender likes (interop/native/discard.c).
/// </summary>
public static unsafe class Strangers
{
    /// <summary>Closes what the object owns; it is closed afterwards.</summary>
    public static void Close(Fd descriptor)
    {
        if (!descriptor.IsInvalid && !descriptor.IsClosed)
        {
            Close([descriptor.Release()]);
        }
    }

    /// <summary>Closes raw descriptors.</summary>
    internal static void Close(ReadOnlySpan<int> descriptors)
    {
        fixed (int* p = descriptors)
        {
            ShimAbi.peios_discard(p, (uint)descriptors.Length);
        }
    }
}
