// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peinit.Shell;

/// <summary>
/// Something slow: <see cref="Run"/> on the worker, then <see cref="Complete"/> on the loop. It holds copies, never
/// supervision state (PEINIT-008).
/// </summary>
internal abstract class IoWork
{
    /// <summary>Set when <see cref="Run"/> threw.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>An error that also covers the case that <see cref="Run"/> threw before it had one.</summary>
    protected Errno Outcome(Errno error) => Failure is null ? error : Errno.EIO;

    /// <summary>On the worker thread.</summary>
    internal abstract void Run();

    /// <summary>On the loop thread, whether or not <see cref="Failure"/> is set.</summary>
    internal abstract void Complete();
}
