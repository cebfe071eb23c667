// SPDX-License-Identifier: MIT
using System;

namespace Tests.Vm.Harness;

/// <summary>What is special about one virtual machine; the defaults boot the test image with one processor.</summary>
public sealed record GuestOptions
{
    /// <summary>Names the folder with the console log.</summary>
    public string Name { get; init; } = "guest";

    /// <summary>Image below out/image, without suffix: <c>test</c> or <c>peios</c> (which has no agent).</summary>
    public string Image { get; init; } = "test";

    /// <summary>QEMU's description of the root drive instead of a throw-away overlay of the image; empty for none.</summary>
    public string? Disk { get; init; }

    /// <summary>Another initramfs than the built one.</summary>
    public string? Initramfs { get; init; }

    /// <summary>More kernel parameters.</summary>
    public string KernelParameters { get; init; } = "";

    /// <summary>More arguments for QEMU: drives, devices.</summary>
    public string[] ExtraArguments { get; init; } = [];

    /// <summary>QEMU's accelerator arguments; null for the one of the tests.</summary>
    public string[]? Accelerator { get; init; }

    /// <summary>TCP ports of the host that reach ports of the guest.</summary>
    public (int Host, int Guest)[] Forwards { get; init; } = [];

    /// <summary>How long a boot or a condition may take before this guest is given up.</summary>
    public TimeSpan Patience { get; init; } = Guest.Patience;

    /// <summary>Memory of the machine.</summary>
    public int MemoryMegabytes { get; init; } = 512;

    /// <summary>Processors of the machine.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>For the test that provokes a complaint on purpose.</summary>
    public bool KernelMayComplain { get; init; }
}
