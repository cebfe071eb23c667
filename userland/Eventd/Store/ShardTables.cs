// SPDX-License-Identifier: MIT
using System;
using Eventd.Indexing;
using Eventd.Ingest;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>What a writer holds of its shard: the connection, its prepared statements, the state of its indexes.</summary>
internal sealed class ShardTables : IDisposable
{
    private readonly Guid _boot;
    private readonly ResumePoint[] _resume;
    private readonly bool[] _serves;
    private readonly long _run;

    private ShardTables(SqliteDatabase db, EventTable events, SequenceTable sequences, Guid boot, ResumePoint[] resume, bool[] serves, long run)
    {
        Database = db;
        Events = events;
        Sequences = sequences;
        Indexes = new IndexKeeper(db);
        _boot = boot;
        _resume = resume;
        _serves = serves;
        _run = run;
    }

    /// <summary>The writer's connection.</summary>
    internal SqliteDatabase Database { get; private set; }

    /// <summary>Rows.</summary>
    internal EventTable Events { get; private set; }

    /// <summary>Last stored numbers.</summary>
    internal SequenceTable Sequences { get; private set; }

    /// <summary>Secondary indexes.</summary>
    internal IndexKeeper Indexes { get; private set; }

    /// <summary>Takes over an open shard.</summary>
    /// <param name="db">Its connection; owned from here on.</param>
    /// <param name="boot">Boot of every new row.</param>
    /// <param name="resume">Where each CPU goes on.</param>
    /// <param name="serves">Which CPUs write here.</param>
    /// <param name="run">Number of this run of the daemon in this boot.</param>
    internal static Result<ShardTables> Open(SqliteDatabase db, Guid boot, ResumePoint[] resume, bool[] serves, long run)
    {
        Span<byte> id = stackalloc byte[16];
        _ = boot.TryWriteBytes(id);
        if (!EventTable.TryOpen(db, id, out EventTable? events))
        {
            return Errno.EIO;
        }

        if (!SequenceTable.TryOpen(db, boot, resume, serves, run, out SequenceTable? sequences))
        {
            events.Dispose();
            return Errno.EIO;
        }

        return new ShardTables(db, events, sequences, boot, resume, serves, run);
    }

    /// <summary>Do the shard's indexes differ from the desired ones?</summary>
    internal bool Differ(DesiredIndexes desired) => Indexes.Differs(desired.Columns);

    /// <summary>Goes on in another database; the old one is closed. False: nothing changed, the new one is closed.</summary>
    internal bool TryMove(SqliteDatabase db)
    {
        ResumePoint[] resume = new ResumePoint[_resume.Length];
        for (int cpu = 0; cpu < resume.Length; cpu++)
        {
            resume[cpu] = _serves[cpu] ? _resume[cpu] with { Last = Sequences.Stored[cpu] } : _resume[cpu];
        }

        if (!Open(db, _boot, resume, _serves, _run).TryGet(out ShardTables? next))
        {
            db.Dispose();
            return false;
        }

        Dispose();
        Database = next.Database;
        Events = next.Events;
        Sequences = next.Sequences;
        Indexes = next.Indexes;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Events.Dispose();
        Sequences.Dispose();
        Database.Dispose();
    }
}
