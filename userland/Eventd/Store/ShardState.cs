// SPDX-License-Identifier: MIT
using Eventd.Ingest;

namespace Eventd.Store;

/// <summary>What a run of the daemon left in one shard.</summary>
/// <param name="Run">Its number in this boot.</param>
/// <param name="StartRow">Last row before it.</param>
/// <param name="Last">Per CPU the last number stored here, or what it began with; null when it does not write here.</param>
/// <param name="Floor">Per CPU what was settled when the run began, wherever it writes.</param>
internal sealed record ShardState(long Run, long StartRow, ulong?[] Last, ResumePoint[] Floor);
