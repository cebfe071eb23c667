// SPDX-License-Identifier: MIT
using Peinit.Shell;
using Xunit;

namespace Peios.Tests.PeinitShell;

public class HandoverTests
{
    [Fact]
    [Rule("HAZ-037")]
    public void Restore_NothingWritten_IsNothing()
    {
        Assert.True(Handover.Create().TryGet(out Handover? first));
        Assert.Null(first.Restore());
        Assert.True(Handover.Map(first.Memory).TryGet(out Handover? second));
        Assert.Null(second.Restore());
    }

    [Fact]
    [Rule("HAZ-037")]
    public void Pipes_OfAJob_AreFoundInTheNextLifeUntilItEnds()
    {
        Assert.True(Handover.Create().TryGet(out Handover? first));
        first.AddPipes(100, 1, 2);
        first.AddPipes(200, 3, 4);
        first.RemovePipes(100);
        first.AddPipes(300, 5, 6);
        Assert.True(Handover.Map(first.Memory).TryGet(out Handover? next));
        Assert.False(next.TryGetPipes(100, out _, out _));
        Assert.True(next.TryGetPipes(200, out ulong stdout, out ulong stderr) && (stdout, stderr) == (3UL, 4UL));
        Assert.True(next.TryGetPipes(300, out stdout, out _) && stdout == 5);
    }
}
