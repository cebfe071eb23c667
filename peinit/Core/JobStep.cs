// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The steps of a job's life, finer than <see cref="JobState"/>. The numbers are part of the snapshot format.</summary>
internal enum JobStep : byte
{
    /// <summary>RequestToken is outstanding.</summary>
    Token = 0,
    /// <summary>Spawn is outstanding.</summary>
    Spawn = 1,
    /// <summary>Forked; the error pipe has not spoken.</summary>
    Exec = 2,
    /// <summary>Executing its binary.</summary>
    Run = 3,
    /// <summary>Final.</summary>
    Ended = 4,
}
