// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Shell;

/// <summary>
/// Something slow: <see cref="Run"/> on the worker, then <see cref="Complete"/> on the loop. It holds copies, never
/// supervision state (PEINIT-008).
/// </summary>
internal abstract class IoWork
{
    /// <summary>Set when <see cref="Run"/> threw.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>On the worker thread.</summary>
    internal abstract void Run();

    /// <summary>On the loop thread, whether or not <see cref="Failure"/> is set.</summary>
    internal abstract void Complete();
}
