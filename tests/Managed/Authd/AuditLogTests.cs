// SPDX-License-Identifier: MIT
using System;
using Authd;
using Peios.Ipc;
using Peios.Security;
using Xunit;

namespace Peios.Tests.Authd;

public sealed class AuditLogTests
{
    private const ulong Now = 1_000_000_000_000;

    private readonly AuditLog _log = new(null);

    [Fact]
    [Rule("AUTH-066")]
    public void Refusals_Flood_IsCutForItsCallerAloneAndCounted()
    {
        Assert.True(Sid.TryParse("S-1-5-19", out Sid user));
        int recorded = 0;
        for (int i = 0; i < 1000; i++)
        {
            recorded += Records(user, ErrorCodes.AccessDenied, Now, out _) ? 1 : 0;
        }

        Assert.Equal(DenialBudget.Burst, recorded);
        Assert.True(Records(user, "OK", Now, out _));
        Assert.True(Records(user, ErrorCodes.AccessDenied, Now + DenialBudget.RefillNanoseconds, out long omitted));
        Assert.Equal(1000 - recorded, omitted);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(Records(WellKnownSids.System, ErrorCodes.NotFound, Now, out _));
        }
    }

    private bool Records(in Sid user, string reason, ulong now, out long omitted) =>
        _log.Records(new ServiceTokenRecord(reason, new Caller(user, 1, 1), "a", "b", "main", default, default, 0, Guid.Empty), now, out omitted);
}
