// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peios.Ipc;

/// <summary>
/// How many refusals of one identity are recorded: a burst, then one a second. Without it anybody could wash the log,
/// and everybody else's refusals, out of the buffers: servers emit without a rate. What goes unrecorded is counted and
/// told with the next one.
/// </summary>
public sealed class DenialBudget
{
    /// <summary>Records at once.</summary>
    public const int Burst = 32;

    /// <summary>Time after which there is one more.</summary>
    public const ulong RefillNanoseconds = 1_000_000_000;

    // Identities are not made by the thousand; those beyond share one account.
    private const int MaxIdentities = 256;

    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>Asks for one record.</summary>
    /// <param name="identity">Whose refusal.</param>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="omitted">Refusals that were not recorded since the last one that was.</param>
    public bool Take(string identity, ulong now, out long omitted)
    {
        Account account = Find(identity, now);
        ulong earned = (now - account.Since) / RefillNanoseconds;
        account.Since += earned * RefillNanoseconds;
        account.Left = (int)Math.Min(Burst, (ulong)account.Left + earned);
        if (account.Left == 0)
        {
            account.Omitted++;
            omitted = 0;
            return false;
        }

        account.Left--;
        omitted = account.Omitted;
        account.Omitted = 0;
        return true;
    }

    private Account Find(string identity, ulong now)
    {
        if (_accounts.TryGetValue(identity, out Account? account))
        {
            return account;
        }

        if (_accounts.Count >= MaxIdentities)
        {
            Forget(now);
        }

        string key = _accounts.Count >= MaxIdentities ? string.Empty : identity;
        if (!_accounts.TryGetValue(key, out account))
        {
            account = new Account { Since = now };
            _accounts.Add(key, account);
        }

        return account;
    }

    // An account that is full again says nothing about its owner.
    private void Forget(ulong now)
    {
        foreach ((string identity, Account account) in _accounts)
        {
            if (account.Omitted == 0 && now - account.Since >= Burst * RefillNanoseconds)
            {
                _ = _accounts.Remove(identity);
            }
        }
    }

    private sealed class Account
    {
        internal ulong Since;
        internal int Left = Burst;
        internal long Omitted;
    }
}
