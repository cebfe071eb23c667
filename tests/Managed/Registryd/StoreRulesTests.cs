// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd;
using Registryd.Offline;
using Registryd.Serve;
using Registryd.Store;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>What the store keeps exactly as it was given, and what it makes itself.</summary>
public sealed class StoreRulesTests : IDisposable
{
    private static readonly byte[] A = Payload.Guid(1);
    private static readonly byte[] B = Payload.Guid(2);
    private readonly StoreHarness _store = new();

    public void Dispose() => _store.Dispose();

    [Fact, Rule("RSI-066", "KACS-FMT-008", "KACS-FMT-009")]
    public void RootGuid_IsRandomVersionFour()
    {
        Assert.Equal(0x40, _store.Root[7] & 0xF0);
        Assert.Equal(0x80, _store.Root[8] & 0xC0);
        using StoreHarness other = new();
        Assert.NotEqual(_store.Root, other.Root);
    }

    [Fact, Rule("RSI-060", "RSI-061", "LOREG-023")]
    public void Entries_OfAllLayers_ComeBackAsGiven()
    {
        // A GUID of any bytes, layers that differ in case alone: nothing is folded, ordered by rank or left out.
        byte[] odd = [0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF9, 0xF8, 0xF7, 0xF6, 0xF5, 0xF4, 0xF3, 0xF2, 0xF1, 0xF0];
        Assert.Equal(RsiStatus.Ok, CreateEntry("Key", "base", odd, 1));
        Assert.Equal(RsiStatus.Ok, CreateEntry("Key", "role", B, 2));
        Assert.Equal(RsiStatus.Ok, CreateEntry("KEY", "Role", A, 3));
        Assert.Equal(RsiStatus.AlreadyExists, CreateEntry("key", "Role", B, 4));
        SpanReader r = new(Lookup("kEy"));
        Assert.Equal(3u, r.U32());
        Dictionary<string, (string Target, ulong Sequence)> entries = [];
        for (int i = 0; i < 3; i++)
        {
            string layer = System.Text.Encoding.UTF8.GetString(r.LengthPrefixed());
            Assert.Equal(0, r.U8());
            entries[layer] = (Convert.ToHexString(r.Bytes(16)), r.U64());
        }

        Assert.Equal((Convert.ToHexString(odd), 1ul), entries["base"]);
        Assert.Equal((Convert.ToHexString(B), 2ul), entries["role"]);
        Assert.Equal((Convert.ToHexString(A), 3ul), entries["Role"]);
    }

    [Theory, Rule("RSI-068", "RSI-045", "LOREG-036", "LOREG-039")]
    [InlineData(true)]
    [InlineData(false)]
    public void Key_AndItsEntry_AreTakenInEitherOrder(bool entryFirst)
    {
        ulong before = Clock.Realtime;
        RsiStatus entry = entryFirst ? CreateEntry("Key", "base", A, 1) : RsiStatus.Ok;
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(A, "Key", _store.Root)));
        Assert.Equal(RsiStatus.AlreadyExists, _store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(A, "Key", _store.Root)));
        entry = entryFirst ? entry : CreateEntry("Key", "base", A, 1);
        Assert.Equal(RsiStatus.Ok, entry);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_READ_KEY, A, out byte[] fields));
        ulong written = BitConverter.ToUInt64(fields, fields.Length - 8);
        Assert.InRange(written, before, Clock.Realtime);
    }

    [Fact, Rule("RSI-039", "RSI-052", "RSI-060")]
    public void Blankets_OfTwoLayers_AreBothThere()
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_BLANKET_TOMBSTONE, Blanket("a", 1, 5)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_BLANKET_TOMBSTONE, Blanket("b", 1, 6)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_BLANKET_TOMBSTONE, Blanket("a", 1, 7)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(_store.Root), out byte[] fields));
        SpanReader r = new(fields);
        Assert.Equal((0u, 2u), (r.U32(), r.U32()));
        Assert.Equal(("a", 7ul), (System.Text.Encoding.UTF8.GetString(r.LengthPrefixed()), r.U64()));
        Assert.Equal(("b", 6ul), (System.Text.Encoding.UTF8.GetString(r.LengthPrefixed()), r.U64()));
        Assert.True(r.AtEnd);
    }

    [Fact, Rule("LOREG-016", "LOREG-015")]
    public void Schema_HasTheIndexOfTargets()
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_FLUSH, new Payload().Text(_store.File.Name).Done()));
        string text = File.ReadAllText(_store.DatabasePath, System.Text.Encoding.Latin1);
        Assert.Contains("idx_path_entries_target", text, StringComparison.Ordinal);
        Assert.Contains("target_type = 0", text.Replace("target_type=0", "target_type = 0", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact, Rule("LOREG-027")]
    public void Request_ForAKeyOfNoHive_IsNotFound()
    {
        Assert.Equal(RsiStatus.NotFound, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [1])));
        Assert.Equal(RsiStatus.Ok, CreateEntry("Key", "base", A, 1));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(A, "Key", _store.Root)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [1])));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DROP_KEY, A));
        Assert.Equal(RsiStatus.NotFound, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [1])));
    }

    [Fact, Rule("LOREG-006", "LOREG-014", "LOREG-051")]
    public void DamagedFile_IsRefusedOrServed_NeverACrash()
    {
        for (byte i = 1; i < 40; i++)
        {
            byte[] key = Payload.Guid(i);
            Assert.Equal(RsiStatus.Ok, CreateEntry($"Key{i}", "base", key, i));
            Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(key, $"Key{i}", _store.Root)));
            Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(key, "v", new byte[64 * i])));
        }

        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_FLUSH, new Payload().Text(_store.File.Name).Done()));
        byte[] whole = File.ReadAllBytes(_store.DatabasePath);
        string folder = Directory.CreateTempSubdirectory("damaged").FullName;
        Random random = new(5);
        int refused = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] bytes = (byte[])whole.Clone();
            for (int n = 1 + random.Next(40); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            string path = Path.Combine(folder, $"{i}.regdb");
            File.WriteAllBytes(path, bytes[..^(random.Next(4) == 0 ? random.Next(bytes.Length / 2) : 0)]);
            StoreError error = new HiveFile(new HiveArgument("Machine", path)).Prepare(out SqliteDatabase? db, out _);
            db?.Dispose();
            refused += error.Ok ? 0 : 1;
            Assert.True(error.Ok || error.Message.Contains(path, StringComparison.Ordinal), error.Message);
            using StringWriter shown = new();
            Assert.InRange(Inspector.Run([new HiveArgument("Machine", path)], shown), 0, 1);
        }

        Directory.Delete(folder, recursive: true);
        Assert.True(refused > 10, "the damage is never noticed");
    }

    private static byte[] Blanket(byte[] key, string layer, byte set, ulong sequence) => new Payload().Raw(key).Text(layer).Raw(set).U64(sequence).Done();

    private byte[] Blanket(string layer, byte set, ulong sequence) => Blanket(_store.Root, layer, set, sequence);

    private RsiStatus CreateEntry(string name, string layer, byte[] target, ulong sequence) =>
        _store.Call(RsiAbi.RSI_CREATE_ENTRY, new Payload().Raw(_store.Root).Text(name).Text(layer).Raw(target).U64(sequence).Done());

    private byte[] Lookup(string child)
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_LOOKUP, new Payload().Raw(_store.Root).Text(child).Done(), out byte[] fields));
        return fields;
    }
}
