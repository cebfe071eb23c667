// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Peios.Tests;

namespace Tests.Vm.Harness;

/// <summary>Where the build put things.</summary>
internal static class Project
{
    /// <summary>Parameters that every boot of Peios needs.</summary>
    public const string KernelParameters = "console=ttyS0 quiet loglevel=4 lsm=landlock,lockdown,yama,integrity,bpf";

    /// <summary>The project's root folder.</summary>
    public static string Root => Repository.Root;

    /// <summary>The distribution's kernel.</summary>
    public static string Kernel
    {
        get
        {
            string release = File.ReadAllText(Path.Combine(Root, "out/kernel/release")).Trim();
            return Path.Combine(Root, "out/kernel", release, "boot", "vmlinuz-" + release);
        }
    }

    /// <summary>The built initramfs.</summary>
    public static string Initramfs => Path.Combine(Root, "out/image/initramfs.gz");

    /// <summary>Multi-threaded TCG can lock up while code is patched (HAZ-046); PEIOS_ACCEL names another.</summary>
    public static string Accelerator => Environment.GetEnvironmentVariable("PEIOS_ACCEL") ?? "tcg,thread=single";

    /// <summary>A root image by name.</summary>
    public static string Image(string name)
    {
        string path = Path.Combine(Root, "out/image", name + ".img");
        return File.Exists(path) ? path : throw new GuestFailure($"{path} is missing: ./build.sh image makes it");
    }

    /// <summary>A new folder below out/KIND, named after its use.</summary>
    public static string MakeFolder(string kind, string name)
    {
        string parent = Path.Combine(Root, "out", kind);
        Directory.CreateDirectory(parent);
        for (int number = 1; ; number++)
        {
            // mkdir decides between processes; short, since it holds socket names (108 bytes).
            string path = Path.Combine(parent, $"{name}.{Environment.ProcessId}.{number}");
            if (!Directory.Exists(path))
            {
                return Directory.CreateDirectory(path).FullName;
            }
        }
    }
}
