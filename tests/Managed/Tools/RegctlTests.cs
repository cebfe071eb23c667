// SPDX-License-Identifier: MIT
using System;
using Peios.Registry;
using Peios.Tests;
using Tools.Frame;
using Tools.Regctl;
using Xunit;

namespace Tests.Managed.Tools;

/// <summary>What regctl refuses before it asks the kernel, and values as text (CLI-018, CLI-019).</summary>
public sealed class RegctlTests
{
    [Theory]
    [InlineData((int)ExitCode.InvalidInput, "a hive cannot be deleted", "delete", "-r", "-y", "Machine")]
    [InlineData((int)ExitCode.Usage, "not a value", "delete", "-r", @"Machine\A", "v")]
    [InlineData((int)ExitCode.Usage, "--type float: there are none sz", "set", @"Machine\A", "v", "1", "--type", "float")]
    [InlineData((int)ExitCode.InvalidInput, "does not fit", "set", @"Machine\A", "v", "dword:4294967296")]
    [InlineData((int)ExitCode.InvalidInput, "does not fit", "set", @"Machine\A", "v", "dword:-1")]
    [InlineData((int)ExitCode.InvalidInput, "does not fit", "set", @"Machine\A", "v", "qword:99999999999999999999")]
    [InlineData((int)ExitCode.InvalidInput, "does not fit", "set", @"Machine\A", "v", "hex:0")]
    [InlineData((int)ExitCode.InvalidInput, "does not fit", "set", @"Machine\A", "v", "hex:zz")]
    [InlineData((int)ExitCode.Usage, "number", "set", @"Machine\A", "v", "1", "--if-sequence", "x")]
    [InlineData((int)ExitCode.Usage, "0 to 4096", "query", @"Machine\A", "--depth", "4097")]
    [InlineData((int)ExitCode.Usage, "above 0", "watch", @"Machine\A", "--count", "0")]
    [InlineData((int)ExitCode.Usage, "joined by commas", "watch", @"Machine\A", "--filter", "values")]
    [InlineData((int)ExitCode.Usage, "either VALUE or --all", "mask", @"Machine\A", "--layer", "base")]
    [InlineData((int)ExitCode.Usage, "--layer is required", "hide", @"Machine\A")]
    public void Arguments_ThatCannotBe_AreRefusedAtOnce(int exit, string message, params string[] args)
    {
        ToolRun run = ToolRun.Of("regctl", args);
        Assert.Equal((exit, ""), ((int)run.Code, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Rule("CLI-019")]
    [InlineData("42", RegistryValueType.Dword, "2A000000")]
    [InlineData("0xffffffff", RegistryValueType.Dword, "FFFFFFFF")]
    [InlineData("4294967296", RegistryValueType.Qword, "0000000001000000")]
    [InlineData("-1", RegistryValueType.String, "2D31")]
    [InlineData("http://x", RegistryValueType.String, "687474703A2F2F78")]
    [InlineData("sz:42", RegistryValueType.String, "3432")]
    [InlineData("dword-be:1", RegistryValueType.DwordBigEndian, "00000001")]
    [InlineData("multi:a,b\\,c", RegistryValueType.MultiString, "6100622C630000")]
    [InlineData("hex:00 ff,10", RegistryValueType.Binary, "00FF10")]
    [InlineData("hex:", RegistryValueType.Binary, "")]
    public void Data_AsTyped_BecomesTheValue(string typed, RegistryValueType type, string bytes)
    {
        Assert.True(ValueText.TryParse(typed, null, out RegistryValue value));
        Assert.Equal((type, bytes), (value.Type, Convert.ToHexString(value.Data)));
    }
}
