// SPDX-License-Identifier: MIT
namespace Peios.Tests.Peinit.Simulator;

/// <summary>SplitMix64: the whole randomness of a simulated boot follows from its seed, on every runtime.</summary>
internal sealed class Rng(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below the limit.</summary>
    public int Below(int limit) => (int)(Bits() % (ulong)limit);

    /// <summary>True in so many cases of a hundred.</summary>
    public bool Percent(int chance) => Below(100) < chance;

    /// <summary>Nanoseconds from 0 to below so many milliseconds.</summary>
    public long Milliseconds(int limit) => (long)(Bits() % ((ulong)limit * 1_000_000));

    /// <summary>One of several.</summary>
    public T Pick<T>(params T[] choices) => choices[Below(choices.Length)];
}
