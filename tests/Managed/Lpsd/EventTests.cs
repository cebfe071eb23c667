// SPDX-License-Identifier: MIT
using Lpsd;
using Peios.Ipc;
using Peios.Security;
using Xunit;

namespace Peios.Tests.Lpsd;

public sealed class EventTests
{
    [Fact]
    [Rule("LPS-055")]
    public void Refusals_Flood_IsCutForItsCallerAlone()
    {
        Assert.True(Sid.TryParse("S-1-5-19", out Sid user));
        Assert.True(Sid.TryParse("S-1-5-20", out Sid other));

        // Without the device each event counts as lost.
        LpsdEvents events = new(null);
        for (int i = 0; i < 1000; i++)
        {
            events.Principal("set", ErrorCodes.AccessDenied, new EventCaller(user, 1, 1), other, null, []);
            events.Group("add-member", ErrorCodes.AccessDenied, new EventCaller(user, 1, 1), other, user);
            events.Claim("set-claim", ErrorCodes.AccessDenied, new EventCaller(user, 1, 1), other, "x");
        }

        // The clock runs: one more may be earned while this loop does.
        Assert.InRange(events.Lost, DenialBudget.Burst, DenialBudget.Burst + 30);
        long before = events.Lost;
        events.Principal("set", ErrorCodes.AccessDenied, new EventCaller(other, 1, 1), user, null, []);
        events.Principal("set", "OK", new EventCaller(user, 1, 1), user, null, []);
        Assert.Equal(before + 2, events.Lost);
        for (int i = 0; i < 100; i++)
        {
            events.Principal("set", ErrorCodes.AccessDenied, new EventCaller(WellKnownSids.System, 1, 1), user, null, []);
        }

        Assert.Equal(before + 102, events.Lost);
    }
}
