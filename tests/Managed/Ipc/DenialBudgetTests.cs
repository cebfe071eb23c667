// SPDX-License-Identifier: MIT
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

public class DenialBudgetTests
{
    private const ulong Now = 1_000_000_000_000;

    private readonly DenialBudget _budget = new();

    [Fact]
    [Rule("PEINIT-153")]
    public void Take_Flood_IsCutAndCountedForItsIdentityAlone()
    {
        for (int i = 0; i < DenialBudget.Burst; i++)
        {
            Assert.True(_budget.Take("S-1-5-19", Now, out long none));
            Assert.Equal(0, none);
        }

        for (int i = 0; i < 1000; i++)
        {
            Assert.False(_budget.Take("S-1-5-19", Now + 1, out _));
        }

        Assert.True(_budget.Take("S-1-5-20", Now + 1, out _));
        Assert.True(_budget.Take("S-1-5-19", Now + DenialBudget.RefillNanoseconds, out long omitted));
        Assert.Equal(1000, omitted);
        Assert.False(_budget.Take("S-1-5-19", Now + DenialBudget.RefillNanoseconds, out _));
        Assert.True(_budget.Take("S-1-5-19", Now + (2 * DenialBudget.RefillNanoseconds), out omitted));
        Assert.Equal(1, omitted);
    }

    [Fact]
    public void Take_AfterALongSilence_HasNoMoreThanABurst()
    {
        Assert.True(_budget.Take("S-1-5-19", Now, out _));
        for (int i = 0; i < DenialBudget.Burst; i++)
        {
            Assert.True(_budget.Take("S-1-5-19", Now * 1000, out _));
        }

        Assert.False(_budget.Take("S-1-5-19", Now * 1000, out _));
    }

    [Fact]
    public void Take_IdentitiesWithoutEnd_ShareOneAccountAndRecover()
    {
        int recorded = 0;
        for (int i = 0; i < 10_000; i++)
        {
            recorded += _budget.Take($"S-1-5-21-1-2-3-{i}", Now, out _) ? 1 : 0;
        }

        Assert.Equal(256 + DenialBudget.Burst, recorded);
        const ulong later = Now + (DenialBudget.Burst * DenialBudget.RefillNanoseconds);
        Assert.True(_budget.Take("S-1-5-21-9-9-9-9", later, out long omitted));
        Assert.Equal(0, omitted);

        // What the shared account owes is told once it is used again.
        for (int i = 0; i < 300; i++)
        {
            _budget.Take($"S-1-5-21-4-5-6-{i}", later, out long told);
            omitted += told;
        }

        Assert.Equal(10_000 - recorded, omitted);
    }
}
