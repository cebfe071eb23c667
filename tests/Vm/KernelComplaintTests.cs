// SPDX-License-Identifier: MIT
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>A test must not pass over a complaint of the kernel.</summary>
public sealed class KernelComplaintTests
{
    [Fact]
    public void Run_AfterKernelComplaint_Fails()
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "complaint", KernelParameters = "init=/usr/libexec/peios/agent" });
        guest.Shell("true");

        GuestFailure failure = Assert.Throws<GuestFailure>(() =>
        {
            guest.Shell("echo '<1>WARNING: CPU: 0 PID: 1 at a test of the harness' > /dev/kmsg");
            guest.WaitForConsole("a test of the harness");
            guest.Shell("true");
        });
        Assert.Contains("the kernel complained", failure.Message, System.StringComparison.Ordinal);
    }
}
