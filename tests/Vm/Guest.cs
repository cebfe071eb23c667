// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Tests.Vm.Harness;

namespace Tests.Vm;

/// <summary>
/// A virtual machine with the image: the only way into a VM. Boots, runs commands through the agent, records the
/// console, and fails on any complaint of the kernel. Waits for conditions, never for a time.
/// </summary>
public sealed class Guest : IDisposable
{
    /// <summary>How long a boot or a condition may take before a test gives up. Generous: the machine may be busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly GuestOptions _options;
    private readonly string _folder;
    private readonly GuestSlot _slot;
    private Process _qemu;
    private AgentClient? _agent;

    private Guest(GuestOptions options, GuestSlot slot, string folder)
    {
        _options = options;
        _slot = slot;
        _folder = folder;
        Console = new GuestConsole(Path.Combine(folder, "console.log"));
        _qemu = StartQemu();
    }

    /// <summary>Everything that came out of the serial console, over all boots of this guest.</summary>
    public GuestConsole Console { get; }

    /// <summary>Folder of this guest on the host: console log, disk overlay.</summary>
    public string Folder => _folder;

    /// <summary>True while the virtual machine runs.</summary>
    public bool Running => !_qemu.HasExited;

    /// <summary>Boots and waits until the agent answers.</summary>
    public static Guest Boot(GuestOptions? options = null)
    {
        Guest guest = Start(options);
        try
        {
            guest.WaitForAgent();
            return guest;
        }
        catch
        {
            guest.Dispose();
            throw;
        }
    }

    /// <summary>Starts the machine and returns at once; for boots that never get as far as the agent.</summary>
    public static Guest Start(GuestOptions? options = null)
    {
        options ??= new GuestOptions();
        GuestSlot slot = GuestSlot.Take();
        try
        {
            string folder = Project.MakeFolder("vm", options.Name);
            if (options.Disk is null)
            {
                Tool.Run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", Project.Image(options.Image), Path.Combine(folder, "disk.qcow2"));
            }

            return new Guest(options, slot, folder);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>Runs a program as SYSTEM; any exit status but 0 is an error. The first argument is an absolute path.</summary>
    public CommandResult Run(params string[] arguments) => Execute(new GuestCommand(arguments)).Succeeded();

    /// <summary>Runs a line of shell as SYSTEM; any exit status but 0 is an error.</summary>
    public CommandResult Shell(string line) => Run("/bin/sh", "-c", line);

    /// <summary>Runs a program and returns whatever came of it.</summary>
    public CommandResult Execute(GuestCommand command)
    {
        CommandResult result = Agent.Run(command);
        AssertKernelHealthy();
        return result;
    }

    /// <summary>Starts a program and returns; the task ends with it. For commands that run beside others.</summary>
    public System.Threading.Tasks.Task<CommandResult> Begin(GuestCommand command) => Agent.Begin(command);

    /// <summary>Content of a file of the guest.</summary>
    public byte[] Read(string path) => Agent.Read(path);

    /// <summary>Text of a file of the guest.</summary>
    public string ReadText(string path) => Encoding.UTF8.GetString(Read(path));

    /// <summary>Writes a file of the guest.</summary>
    public void Write(string path, byte[] content, int mode = 0x1A4) => Agent.Write(path, content, mode);

    /// <summary>Writes a text file of the guest.</summary>
    public void Write(string path, string content, int mode = 0x1A4) => Write(path, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>Asks again until the condition holds; the kernel and the machine are watched meanwhile.</summary>
    public void Eventually(string what, Func<bool> holds)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!holds())
        {
            AssertKernelHealthy();
            if (waited.Elapsed > _options.Patience)
            {
                throw Failure($"it never came true: {what}");
            }

            // Not a wait for a time: the interval between two looks at the condition.
            Console.WaitForOutput(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Waits until the console has shown a text after what was seen before.</summary>
    public void WaitForConsole(string text, int after = 0) =>
        Eventually($"the console shows '{text}'", () =>
        {
            bool seen = Console.Text.IndexOf(text, Math.Min(after, Console.Text.Length), StringComparison.Ordinal) >= 0;
            return seen || (Running ? false : throw Failure($"the machine ended before the console showed '{text}'"));
        });

    /// <summary>Types on the serial console.</summary>
    public void Type(string text)
    {
        _qemu.StandardInput.Write(text);
        _qemu.StandardInput.Flush();
    }

    /// <summary>Waits until the machine has powered off (or rebooted: QEMU ends on both).</summary>
    public void WaitForEnd()
    {
        if (!_qemu.WaitForExit(_options.Patience))
        {
            throw Failure("the machine did not end");
        }

        AssertKernelHealthy();
    }

    /// <summary>
    /// Stops the machine between two instructions. What the guest wrote stays on the host even if unflushed: this is
    /// a crash of the system, not of the disk (HAZ-045).
    /// </summary>
    public void Kill()
    {
        _qemu.Kill();
        _qemu.WaitForExit();
    }

    /// <summary>Starts the machine again on the disk as it is and waits for the agent.</summary>
    public void BootAgain()
    {
        StartAgain();
        WaitForAgent();
    }

    /// <summary>Starts the machine again on the disk as it is, without waiting.</summary>
    public void StartAgain()
    {
        Kill();
        _agent?.Dispose();
        _agent = null;
        _qemu = StartQemu();
    }

    /// <summary>Fails if the kernel has printed a warning, a bug, an oops or a lockdep report.</summary>
    public void AssertKernelHealthy()
    {
        string? complaint = Console.KernelComplaint;
        if (complaint is not null && !_options.KernelMayComplain)
        {
            throw Failure($"the kernel complained: {complaint}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _agent?.Dispose();
        _qemu.Dispose();
        File.Delete(Path.Combine(_folder, "disk.qcow2"));
        _slot.Dispose();
    }

    /// <summary>Waits until the agent of the current boot answers.</summary>
    public void WaitForAgent()
    {
        _agent = AgentClient.Connect(Path.Combine(_folder, "agent.sock"), () => Running);
        Eventually("the agent answers", () => Agent.Greeted || (Running ? false : throw Failure("the machine ended before its agent answered")));
    }

    private AgentClient Agent => _agent ?? throw new InvalidOperationException("this guest was started without waiting for its agent");

    private GuestFailure Failure(string what) => new($"{what}\nConsole ({Console.Path}):\n{Console.Tail(40)}");

    private Process StartQemu()
    {
        File.Delete(Path.Combine(_folder, "agent.sock"));
        ProcessStartInfo start = new("qemu-system-x86_64", Arguments())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start) ?? throw new GuestFailure("qemu-system-x86_64 cannot be started");
        Console.Record(process.StandardOutput.BaseStream);
        Console.Record(process.StandardError.BaseStream);
        return process;
    }

    private IEnumerable<string> Arguments()
    {
        string disk = _options.Disk ?? $"file={Path.Combine(_folder, "disk.qcow2")},format=qcow2,cache=unsafe";
        string forwards = string.Concat(_options.Forwards.Select(f => $",hostfwd=tcp:127.0.0.1:{f.Host}-:{f.Guest}"));
        string[] fixedPart =
        [
            "-M", "pc", "-cpu", "max", "-m", $"{_options.MemoryMegabytes}M", "-smp", $"{_options.Processors}",
            "-no-reboot", "-nodefaults", "-display", "none", "-serial", "stdio",
            "-kernel", Project.Kernel, "-initrd", _options.Initramfs ?? Project.Initramfs,
            "-append", $"{Project.KernelParameters} panic=-1 oops=panic no_timer_check peios.bootattempts=0 {_options.KernelParameters}",
            "-netdev", $"user,id=net{forwards}", "-device", "virtio-net-pci,netdev=net,romfile=",
            "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
            "-chardev", $"socket,id=agent,path={Path.Combine(_folder, "agent.sock")},server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=org.peios.agent",
        ];
        string[] machine = _options.Accelerator is null ? ["-accel", Project.Accelerator] : _options.Accelerator;
        string[] drive = disk.Length == 0 ? [] : ["-drive", $"if=virtio,{disk}"];
        return [.. fixedPart, .. machine, .. drive, .. _options.ExtraArguments];
    }
}
