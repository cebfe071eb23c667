// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Peios.Tests.Events;

/// <summary>What is true of every emission because of how the module is made: read from the module itself.</summary>
public class ModuleTests
{
    private const string FullBarrier = "lock addl $0x0,-0x4(%rsp)";

    private static readonly string[] WritePath =
        ["kmes_emit_event", "kmes_emit_batch", "kmes_emit_records", "emit_in_sections", "finish_slowly", "wake_and_restore"];

    /// <summary>The clock, the identity, the wake-up and the copy; the rest is the write path itself and the compiler's own.</summary>
    private static readonly string[] MayBeCalled =
    [
        "ktime_get_real_fast_ns", "identify", "irq_work_queue", "memcpy", "memset", "pv_ops", "migrate_disable", "migrate_enable",
        "__fentry__", "__x86_return_thunk", "__stack_chk_fail", "count_section", .. WritePath,
    ];

    private static readonly string[] OtherWays =
    [
        "audit_", "netlink_", "genl", "cn_netlink_", "relay_", "bpf_ringbuf_", "perf_event_", "perf_trace_", "trace_event_",
        "trace_array_", "kobject_uevent", "fsnotify",
    ];

    private static readonly string[] StopsAll = ["stop_machine", "stop_core", "on_each_cpu", "smp_call_function_many", "smp_call_on_cpu"];

    [Fact]
    [Rule("KMES-101")]
    public void WritePath_Module_HasNeitherLockNorSharedAtomic()
    {
        List<string> lines = [];
        List<string> found = [];
        bool inside = false;
        foreach (string line in Run("objdump", "-dr", "--no-show-raw-insn"))
        {
            Match start = Regex.Match(line, @"^[0-9a-f]+ <([A-Za-z_]\w*)[^>]*>:$");
            if (start.Success && (inside = WritePath.Contains(start.Groups[1].Value)))
            {
                found.Add(start.Groups[1].Value);
            }
            else if (inside)
            {
                lines.Add(line);
            }
        }

        Assert.Equal(WritePath.Order(), found.Order());
        Assert.Contains(lines, line => line.Contains(FullBarrier, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, IsAtomic);
        Assert.DoesNotContain(lines.Select(Callee), name => name.Length > 0 && !MayBeCalled.Contains(name));
    }

    /// <summary>A swap runs on the CPU whose ring it is; it has no means to hold up the others.</summary>
    [Fact]
    [Rule("KMES-123")]
    public void Module_Imports_NothingThatStopsOtherCpus()
    {
        List<string> imports = [.. Run("nm", "-u").Select(line => line.Trim().Split(' ')[^1])];
        Assert.Contains("smp_call_function_single", imports);
        Assert.DoesNotContain(imports, name => StopsAll.Any(way => name.StartsWith(way, StringComparison.Ordinal)));
    }

    [Fact]
    [Rule("KMES-004")]
    public void Module_Imports_NoOtherWayToEmit()
    {
        List<string> imports = [.. Run("nm", "-u").Select(line => line.Trim().Split(' ')[^1])];
        Assert.Contains("irq_work_queue", imports);
        Assert.DoesNotContain(imports, name => OtherWays.Any(way => name.StartsWith(way, StringComparison.Ordinal)));
    }

    private static bool IsAtomic(string line) =>
        (line.Contains("lock ", StringComparison.Ordinal) && !line.Contains(FullBarrier, StringComparison.Ordinal)) ||
        Regex.IsMatch(line, @"\b(xchg|xadd|cmpxchg)\S*\s.*\(");

    /// <summary>The function that a line of the listing, an instruction or a relocation, calls or jumps to; else nothing.</summary>
    private static string Callee(string line)
    {
        Match relocation = Regex.Match(line, @"R_X86_64_PLT32\s+([A-Za-z_]\w*)");
        Match direct = Regex.Match(line, @"\b(?:call|jmp)\s+[0-9a-f]+ <([A-Za-z_]\w*)(\.\w+)*>\s*$");
        return relocation.Success ? relocation.Groups[1].Value : direct.Success ? direct.Groups[1].Value : "";
    }

    private static string[] Run(string program, params string[] arguments)
    {
        string module = Path.Combine(Repository.Root, "out", "pkm", "pkm.ko");
        Assert.True(File.Exists(module), $"{module} is missing: ./build.sh build makes it");
        ProcessStartInfo start = new(program, [.. arguments, module]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text.Split('\n');
    }
}
