// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Peios.Interop.Rsi;
using Registryd.Serve;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>What one user stores or sends does not use up the memory of the process that serves all.</summary>
public sealed class LimitTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public void List_LargerThanAllowed_IsTooLargeAndServingGoesOn()
    {
        using StoreHarness store = new();
        byte[] data = new byte[Megabyte];
        for (ulong i = 1; i <= 33; i++)
        {
            Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, $"v{i}", data, i)));
        }

        Assert.Equal(RsiStatus.TooLarge, store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(store.Root), out byte[] nothing));
        Assert.Empty(nothing);
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.Query(store.Root, "v33"), out byte[] one));
        Assert.True(one.Length > Megabyte);
        for (ulong i = 1; i <= 2; i++)
        {
            Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_DELETE_VALUE_ENTRY, Payload.DeleteEntry(store.Root, $"v{i}")));
        }

        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(store.Root), out byte[] all));
        Assert.Equal(31, BitConverter.ToInt32(all));
    }

    [Fact]
    public void Children_LargerThanAllowed_AreTooLarge()
    {
        using StoreHarness store = new();
        for (byte i = 1; i <= 9; i++)
        {
            Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(store.Root, $"k{i}", Payload.Guid(i), i)));
            byte[] key = new Payload().Raw(Payload.Guid(i)).Text($"k{i}").Raw(store.Root).Bytes(new byte[4 * Megabyte]).Raw(0, 0).Done();
            Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_KEY, key));
        }

        Assert.Equal(RsiStatus.TooLarge, store.Call(RsiAbi.RSI_ENUM_CHILDREN, store.Root));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_DROP_KEY, Payload.Guid(9)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_DROP_KEY, Payload.Guid(8)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_ENUM_CHILDREN, store.Root, out byte[] fields));
        Assert.Equal(7, BitConverter.ToInt32(fields));
    }

    [Fact]
    public void WriteQueue_Full_MakesTheSenderWait()
    {
        WriteQueue queue = new();
        byte[] payload = new byte[Megabyte];
        Thread sender = new(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                queue.Add(new WriteJob(default, payload, null));
            }

            queue.Close();
        });
        sender.Start();
        List<WriteJob> batch = [];
        int taken = 0;
        do
        {
            SpinWait.SpinUntil(() => !sender.IsAlive || (sender.ThreadState & ThreadState.WaitSleepJoin) != 0);
            if (!queue.Take(batch))
            {
                break;
            }

            // One more than fits: the job that crosses the mark is taken in.
            Assert.InRange(batch.Count, 1, (WriteQueue.MaxBytes / Megabyte) + 1);
            taken += batch.Count;
        }
        while (taken < 200);

        sender.Join();
        Assert.Equal(200, taken);
    }
}
