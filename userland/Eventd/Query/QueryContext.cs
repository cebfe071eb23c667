// SPDX-License-Identifier: MIT
using Eventd.Access;
using Eventd.Indexing;
using Eventd.Ingest;

namespace Eventd.Query;

/// <summary>What queries need of the daemon.</summary>
/// <param name="Settings">Limits and paths.</param>
/// <param name="Judge">Who is asking.</param>
/// <param name="Security">What guards the records.</param>
/// <param name="EventCommits">Raised when events are committed.</param>
/// <param name="LogCommits">Raised when logs are committed.</param>
/// <param name="Indexes">Counts what is asked about.</param>
internal sealed record QueryContext(
    LiveSettings Settings, IAccessJudge Judge, SecurityCatalogue Security, CommitSignal EventCommits, CommitSignal LogCommits,
    IndexPolicy Indexes)
{
    /// <summary>What a streaming query of that store waits for.</summary>
    internal CommitSignal Commits(bool logs) => logs ? LogCommits : EventCommits;
}
