// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>The directory of event databases: shards that can be written, and every file that can be read (EVT-049 to EVT-054).</summary>
internal sealed class EventStore
{
    private const int MaxFiles = 10000; // the name has four digits

    private readonly List<Shard> _shards = [];

    private EventStore(string folder) => Folder = folder;

    /// <summary>The directory.</summary>
    internal string Folder { get; }

    /// <summary>Shards open for writing, by index.</summary>
    internal IReadOnlyList<Shard> Shards => _shards;

    /// <summary>Files that were refused, with the reason: reported once the writers run (EVT-266).</summary>
    internal List<(int Index, string Problem)> Refused { get; } = [];

    /// <summary>
    /// Opens <paramref name="count"/> shards. A damaged or foreign one is left alone and reported; if none is usable new
    /// ones are made under the next free numbers (EVT-267).
    /// </summary>
    /// <param name="folder">Directory, created if missing.</param>
    /// <param name="count">Shards wanted.</param>
    /// <param name="store">The store.</param>
    /// <param name="problem">Why there is none.</param>
    internal static bool TryOpen(string folder, int count, out EventStore store, out string problem)
    {
        store = new EventStore(folder);
        problem = string.Empty;
        // Events are for SYSTEM and Administrators: eventd is the only way in.
        Errno error = Folders.Make(folder, 0x1c0);
        if (!error.Ok)
        {
            problem = $"{folder}: {error}";
            return false;
        }

        for (int index = 0; index < count; index++)
        {
            store.Open(index);
        }

        for (int index = count; store._shards.Count == 0 && index < count + 100; index++)
        {
            if (!File.Exists(store.PathOf(index)))
            {
                store.Open(index);
            }
        }

        if (store._shards.Count > 0)
        {
            return true;
        }

        problem = $"{folder}: no shard can be written: {store.Refused[0].Problem}";
        return false;
    }

    /// <summary>Path of a shard (EVT-050).</summary>
    internal string PathOf(int index) =>
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"shard-{index:0000}.db"));

    /// <summary>A new database under the next free number, in the place of one that is damaged (EVT-267).</summary>
    internal bool TryAdd([NotNullWhen(true)] out SqliteDatabase? db, out int index)
    {
        db = null;
        lock (_shards)
        {
            for (index = 0; index < MaxFiles; index++)
            {
                if (!File.Exists(PathOf(index)))
                {
                    return StoreFile.TryOpen(PathOf(index), durable: true, EventTable.Schema, EventTable.Required, out db, out _);
                }
            }
        }

        return false;
    }

    /// <summary>Every database file of a folder, for reading (EVT-054).</summary>
    internal static string[] Files(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.db");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void Open(int index)
    {
        if (StoreFile.TryOpen(PathOf(index), durable: true, EventTable.Schema, EventTable.Required, out SqliteDatabase? db, out string problem))
        {
            _shards.Add(new Shard(index, db));
            return;
        }

        Refused.Add((index, problem));
        Report.Error($"{PathOf(index)} is not written to: {problem}");
    }

    /// <summary>One shard that can be written.</summary>
    internal readonly record struct Shard(int Index, SqliteDatabase Database);
}
