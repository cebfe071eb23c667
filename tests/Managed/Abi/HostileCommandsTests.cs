// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Abi;

public sealed class HostileCommandsTests
{
    /// <summary>A command that is new in the header must also meet bad pointers and noise in the guest.</summary>
    [Fact]
    public void HostileTest_EveryKacsCommandWithAnArgument_IsTried()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Vm", "guest", "kacs_hostile.c"));
        IEnumerable<string> untried = CHeader.Compile("kacs.h").Constants
            .Where(c => c.Name.StartsWith("KACS_IOC_", StringComparison.Ordinal) && (c.Value >> 16 & 0x3fff) != 0)
            .Select(c => c.Name["KACS_IOC_".Length..])
            .Where(name => !source.Contains($"CMD({name},", StringComparison.Ordinal));

        Assert.Empty(untried);
    }
}
