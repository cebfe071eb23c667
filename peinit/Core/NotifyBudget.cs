// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// How many values a service may have forwarded as events: a burst, then eight a second. Emitting needs a privilege and
/// has a limit; PID 1 has the one and not the other, and must not lend either to whoever writes <c>STATUS=</c> in a loop.
/// What is left out is counted and told with the next one.
/// </summary>
internal sealed class NotifyBudget
{
    internal const int Burst = 64;
    internal const long Refill = Duration.Second / 8;

    private int _left = Burst;
    private long _since;
    private int _omitted;

    /// <summary>Asks for one event.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="omitted">Values left out since the last one that was not.</param>
    internal bool Take(long now, out int omitted)
    {
        long earned = (now - _since) / Refill;
        _since += earned * Refill;
        _left = (int)Math.Min(Burst, _left + earned);
        omitted = 0;
        if (_left == 0)
        {
            _omitted = Math.Min(_omitted, int.MaxValue - 1) + 1;
            return false;
        }

        _left--;
        omitted = _omitted;
        _omitted = 0;
        return true;
    }
}
