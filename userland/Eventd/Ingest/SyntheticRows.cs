// SPDX-License-Identifier: MIT
using System;
using Peios.Events;

namespace Eventd.Ingest;

/// <summary>Payloads of the rows that speak of the whole daemon (EVT-039). The keys are ours: the sheet names contents only.</summary>
internal static class SyntheticRows
{
    private const int MaxNumbers = 256;

    /// <summary><c>synthetic.startup</c> (EVT-088, EVT-089).</summary>
    internal static byte[] Startup(Guid boot, bool restart, int shards, ulong[] resume)
    {
        MsgPackWriter w = new(new byte[128 + (10 * Math.Min(resume.Length, MaxNumbers))]);
        w.Map(4);
        w.String("boot_id"u8);
        w.String(boot.ToString());
        w.String("restart"u8);
        w.Boolean(restart);
        w.String("shards"u8);
        w.Int64(shards);
        w.String("resume"u8);
        Numbers(ref w, resume);
        return w.Written.ToArray();
    }

    /// <summary><c>synthetic.shutdown</c>.</summary>
    internal static byte[] Shutdown(ulong[] last)
    {
        MsgPackWriter w = new(new byte[128 + (10 * Math.Min(last.Length, MaxNumbers))]);
        w.Map(1);
        w.String("last"u8);
        Numbers(ref w, last);
        return w.Written.ToArray();
    }

    /// <summary><c>synthetic.storage_error</c>.</summary>
    /// <param name="store">event or log.</param>
    /// <param name="shard">Shard, or null for the log store.</param>
    /// <param name="problem">What went wrong.</param>
    internal static byte[] StorageError(string store, int? shard, string problem)
    {
        MsgPackWriter w = new(new byte[128 + (3 * problem.Length)]);
        w.Map(3);
        w.String("store"u8);
        w.String(store);
        w.String("shard"u8);
        if (shard is int index)
        {
            w.Int64(index);
        }
        else
        {
            w.Nil();
        }

        w.String("description"u8);
        w.String(problem);
        return w.Written.ToArray();
    }

    /// <summary><c>synthetic.config_change</c> (EVT-275).</summary>
    internal static byte[] ConfigChange(string key, ulong before, ulong after)
    {
        MsgPackWriter w = new(new byte[256]);
        w.Map(3);
        w.String("key"u8);
        w.String(key);
        w.String("old_value"u8);
        w.UInt64(before);
        w.String("new_value"u8);
        w.UInt64(after);
        return w.Written.ToArray();
    }

    private static void Numbers(ref MsgPackWriter w, ulong[] numbers)
    {
        int shown = Math.Min(numbers.Length, MaxNumbers);
        w.Array(shown);
        for (int i = 0; i < shown; i++)
        {
            w.UInt64(numbers[i]);
        }
    }
}
