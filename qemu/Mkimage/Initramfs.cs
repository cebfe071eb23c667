// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;

namespace Mkimage;

/// <summary>The first file system: busybox, our <c>/init</c>, drivers in the order of modules.dep, and pkm.ko.</summary>
internal sealed class Initramfs
{
    // What a QEMU guest needs to reach its root, its network and the agent's port.
    private static readonly string[] Drivers = ["virtio_pci", "virtio_blk", "virtio_net", "virtio_console", "virtio-rng"];

    private readonly Dictionary<string, string[]> _dependencies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly string _modules;

    /// <summary>Reads modules.dep of the kernel unpacked at <paramref name="kernel"/>.</summary>
    public Initramfs(string kernel, string release)
    {
        _modules = Path.Combine(kernel, "lib/modules", release);
        foreach (string line in File.ReadLines(Path.Combine(_modules, "modules.dep")))
        {
            string[] halves = line.Split(':', 2);
            string name = NameOf(halves[0]);
            _paths[name] = halves[0];
            _dependencies[name] = halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <summary>Writes the compressed archive.</summary>
    public void Write(string output, string busybox, string init, string module)
    {
        using CpioWriter archive = new(new GZipStream(File.Create(output), CompressionLevel.Fastest));
        foreach (string directory in (string[])["bin", "dev", "lib", "lib/drivers", "proc", "sys", "sysroot"])
        {
            archive.AddDirectory(directory);
        }

        archive.AddCharacterDevice("dev/console", 5, 1);
        archive.AddFile("bin/busybox", 0x1ED, File.ReadAllBytes(busybox));
        archive.AddLink("bin/sh", "busybox");
        archive.AddFile("init", 0x1ED, File.ReadAllBytes(init));
        archive.AddFile("lib/pkm.ko", 0x1A4, File.ReadAllBytes(module));
        int number = 0;
        foreach (string driver in InLoadOrder())
        {
            // The shell expands a pattern in name order: the number is the order.
            archive.AddFile($"lib/drivers/{number++:D2}-{driver}.ko", 0x1A4, File.ReadAllBytes(Path.Combine(_modules, _paths[driver])));
        }
    }

    private List<string> InLoadOrder()
    {
        List<string> order = [];
        foreach (string driver in Drivers)
        {
            Visit(driver, order);
        }

        return order;
    }

    private void Visit(string name, List<string> order)
    {
        if (order.Contains(name))
        {
            return;
        }

        if (!_dependencies.TryGetValue(name, out string[]? needs))
        {
            throw new BuildException($"the kernel package has no module {name}");
        }

        foreach (string need in needs)
        {
            Visit(NameOf(need), order);
        }

        order.Add(name);
    }

    private static string NameOf(string path) => Path.GetFileName(path).Split('.')[0];
}
