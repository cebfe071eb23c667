// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>The restart evaluation (PEINIT-228 to 234) as pure functions.</summary>
internal static class Restart
{
    private const uint DelayCap = 60;

    /// <summary>What follows a failure.</summary>
    public enum Verdict : byte
    {
        /// <summary>Failed with the failure's cause.</summary>
        GiveUp,
        /// <summary>Failed with RestartBudgetExhausted.</summary>
        Exhausted,
        /// <summary>Starting again after the delay.</summary>
        Again,
    }

    /// <summary>Decides after a failure.</summary>
    /// <param name="definition">Policy and budget.</param>
    /// <param name="cause">The failure; only class E causes are ever restarted.</param>
    /// <param name="successExit">A plain exit with a success code.</param>
    /// <param name="restarts">Restarts inside the window.</param>
    public static Verdict Decide(ServiceDefinition definition, Cause cause, bool successExit, int restarts)
    {
        if (!IsEligible(cause) || definition.RestartPolicy == RestartPolicy.Never
            || (definition.RestartPolicy == RestartPolicy.OnFailure && successExit))
        {
            return Verdict.GiveUp;
        }

        bool limited = definition.RestartMaxRetries <= RestartHistory.Limit;
        return limited && restarts >= (int)definition.RestartMaxRetries ? Verdict.Exhausted : Verdict.Again;
    }

    /// <summary>Class E of PEINIT-223.</summary>
    public static bool IsEligible(Cause cause) => cause is >= Cause.ProcessCrash and <= Cause.PreExecFailure;

    /// <summary>Seconds before the next attempt (PEINIT-234).</summary>
    /// <param name="first">RestartDelay.</param>
    /// <param name="failures">Consecutive failures before this one.</param>
    public static uint Delay(uint first, int failures) =>
        first == 0 ? 0 : (uint)Math.Min(DelayCap, (ulong)first << Math.Min(failures, 6));
}
