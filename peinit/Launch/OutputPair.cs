// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peinit.Launch;

/// <summary>
/// A pipe for a child's stdout or stderr. The child's end is open for reading too: a service must not get SIGPIPE when
/// PID 1 executes itself again and no reader exists for a moment (HAZ-037); afterwards the pipe is found again through
/// the child's own descriptor.
/// </summary>
internal sealed class OutputPair : IDisposable
{
    private OutputPair(Fd read, Fd child)
    {
        Read = read;
        Child = child;
    }

    /// <summary>Our end, non-blocking; taken over by the output pump.</summary>
    internal Fd Read { get; }

    /// <summary>The child's end, blocking.</summary>
    internal Fd Child { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Read.Dispose();
        Child.Dispose();
    }

    internal static Result<OutputPair> Create()
    {
        Errno error = Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true);
        if (!error.Ok)
        {
            return error;
        }

        using (write)
        {
            // Opening the pipe anew gives an own file description: blocking, and readable as well as writable.
            if (Files.Open($"/proc/self/fd/{write!.Raw}", Files.ReadWrite).TryGet(out Fd? child, out error))
            {
                return new OutputPair(read!, child);
            }
        }

        read!.Dispose();
        return error;
    }
}
