// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using Peios.Interop;

namespace Tools.Frame;

/// <summary>Reads standard input without the runtime's console class, which changes terminals.</summary>
internal static class StandardInput
{
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Everything up to the end of input; E2BIG beyond 16 MiB.</summary>
    public static Result<byte[]> ReadAll()
    {
        using Fd input = new(0);
        try
        {
            return ReadAll(input);
        }
        finally
        {
            input.Release(); // the descriptor is the process's own
        }
    }

    private static Result<byte[]> ReadAll(Fd input)
    {
        ArrayBufferWriter<byte> all = new();
        while (all.WrittenCount <= MaxBytes)
        {
            if (!Files.Read(input, all.GetSpan(4096)).TryGet(out int count, out Errno error))
            {
                return error;
            }

            if (count == 0)
            {
                return all.WrittenSpan.ToArray();
            }

            all.Advance(count);
        }

        return Errno.E2BIG;
    }
}
