// SPDX-License-Identifier: MIT
using System;

namespace Tests.Vm.Harness;

/// <summary>The guest did not do what a test relies on.</summary>
public sealed class GuestFailure : Exception
{
    /// <summary>Makes a failure; the message carries the console's last lines where they help.</summary>
    public GuestFailure(string message)
        : base(message)
    {
    }
}
