// SPDX-License-Identifier: MIT
using System;

namespace Tests.Vm.Harness;

/// <summary>A program to run in the guest. The first argument is its absolute path.</summary>
public sealed record GuestCommand(params string[] Arguments)
{
    /// <summary>What it reads from standard input.</summary>
    public byte[] Input { get; init; } = [];

    /// <summary>Environment beside PATH, HOME and LANG, as <c>KEY=VALUE</c>.</summary>
    public string[] Environment { get; init; } = [];

    /// <summary>Working directory.</summary>
    public string Directory { get; init; } = "/";

    /// <summary>Principal whose token authd mints for it, for example <c>LocalService</c>; null runs it as SYSTEM.</summary>
    public string? Identity { get; init; }

    /// <summary>Name behind the service SID of that token.</summary>
    public string Service { get; init; } = "test";

    /// <summary>It is killed after this time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A line of shell.</summary>
    public static GuestCommand Shell(string line) => new("/bin/sh", "-c", line);
}
