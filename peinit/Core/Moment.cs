// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The time at which something happened, read once by the shell and handed to <see cref="Machine.Step"/>.</summary>
/// <param name="Monotonic">CLOCK_MONOTONIC in nanoseconds; every deadline is on this clock.</param>
/// <param name="Realtime">CLOCK_REALTIME in nanoseconds since the Unix epoch; only recorded and reported (PEINIT-004).</param>
public readonly record struct Moment(long Monotonic, long Realtime);
