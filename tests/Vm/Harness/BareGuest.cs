// SPDX-License-Identifier: MIT
using System;

namespace Tests.Vm.Harness;

/// <summary>
/// The test image with the agent in peinit's place: kernel, module and nothing else. The root is read-only; /dev is
/// memory that can be written.
/// </summary>
public sealed class BareGuest : IDisposable
{
    /// <summary>The machine, with its agent answering.</summary>
    public Guest Guest { get; } = Guest.Boot(new GuestOptions { Name = "bare", KernelParameters = "init=/usr/libexec/peios/agent" });

    /// <inheritdoc/>
    public void Dispose() => Guest.Dispose();
}
