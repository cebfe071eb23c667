// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Tests.Vm.Harness;

/// <summary>Base of the test classes that share one boot: after each test the kernel must not have complained.</summary>
public abstract class GuestTest : IClassFixture<BootedGuest>, IDisposable
{
    /// <summary>Takes the shared machine.</summary>
    protected GuestTest(BootedGuest booted) => Guest = booted.Guest;

    /// <summary>The machine.</summary>
    protected Guest Guest { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Guest.AssertKernelHealthy();
        GC.SuppressFinalize(this);
    }
}
