// SPDX-License-Identifier: MIT
using System;

namespace Tests.Vm.Harness;

/// <summary>One boot of the test image, shared by the tests of a class.</summary>
public sealed class BootedGuest : IDisposable
{
    /// <summary>The machine, with its agent answering.</summary>
    public Guest Guest { get; } = Guest.Boot();

    /// <inheritdoc/>
    public void Dispose() => Guest.Dispose();
}
