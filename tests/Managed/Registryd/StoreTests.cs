// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd.Serve;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>What registryd answers (rsi-loregd.md 4, 5, 8, 10).</summary>
public sealed class StoreTests : IDisposable
{
    private static readonly byte[] A = Payload.Guid(1);
    private static readonly byte[] B = Payload.Guid(2);
    private readonly StoreHarness _store = new();

    public void Dispose() => _store.Dispose();

    private void MakeKey(byte[] guid, string name, byte[]? parent = null, bool isVolatile = false)
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(parent ?? _store.Root, name, guid)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(guid, name, parent ?? _store.Root, isVolatile)));
    }

    private byte[] Lookup(string child)
    {
        byte[] payload = new Payload().Raw(_store.Root).Text(child).Done();
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_LOOKUP, payload, out byte[] fields));
        return fields;
    }

    [Fact]
    [Rule("RSI-040", "RSI-037", "RSI-038", "LOREG-022")]
    public void Lookup_OtherCase_AnswersEntryAndMetadata()
    {
        MakeKey(A, "Software");
        SpanReader r = new(Lookup("sOFTWARE"));
        Assert.Equal(1u, r.U32());
        Assert.Equal("base"u8.ToArray(), r.LengthPrefixed().ToArray());
        Assert.Equal(0, r.U8());
        Assert.Equal(A, r.Bytes(16).ToArray());
        Assert.Equal(1ul, r.U64());
        Assert.Equal(1u, r.U32());
        Assert.Equal(A, r.Bytes(16).ToArray());
        Assert.Equal([1, 2, 3], r.LengthPrefixed().ToArray());
        Assert.Equal(0, r.U8());
        Assert.Equal(0, r.U8());
        Assert.NotEqual(0ul, r.U64());
        Assert.True(r.AtEnd);
    }

    [Fact]
    [Rule("RSI-040")]
    public void Lookup_Absent_IsOkAndEmpty() => Assert.Equal(new byte[8], Lookup("nothing"));

    [Fact]
    [Rule("RSI-041", "LOREG-036")]
    public void CreateEntry_Twice_AlreadyExists()
    {
        MakeKey(A, "Key");
        Assert.Equal(RsiStatus.AlreadyExists, _store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(_store.Root, "KEY", B)));
    }

    [Fact]
    [Rule("RSI-042", "LOREG-036", "LOREG-037")]
    public void CreateEntry_OverHidden_ReplacesIt()
    {
        MakeKey(A, "Key");
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_HIDE_ENTRY, Payload.Hide(_store.Root, "key", 2)));
        Assert.Equal(1, Lookup("Key")[4 + 4 + 4]);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(_store.Root, "Key", B, 3)));
        Assert.Equal(0, Lookup("Key")[4 + 4 + 4]);
    }

    [Fact]
    [Rule("RSI-044", "LOREG-035")]
    public void EnumChildren_Groups_ByName()
    {
        MakeKey(A, "one");
        MakeKey(B, "TWO");
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_ENUM_CHILDREN, _store.Root, out byte[] fields));
        SpanReader r = new(fields);
        Assert.Equal(2u, r.U32());
        Assert.Equal("one"u8.ToArray(), r.LengthPrefixed().ToArray());
        Assert.Equal(1u, r.U32());
        r.Skip(4 + 4 + 1 + 16 + 8);
        Assert.Equal("TWO"u8.ToArray(), r.LengthPrefixed().ToArray());
        Assert.Equal(1u, r.U32());
        r.Skip(4 + 4 + 1 + 16 + 8);
        Assert.Equal(2u, r.U32());
    }

    [Fact]
    [Rule("RSI-046", "LOREG-040", "LOREG-015")]
    public void ReadKey_Root_HasNilParent()
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_READ_KEY, _store.Root, out byte[] fields));
        SpanReader r = new(fields);
        Assert.StartsWith("Machine", System.Text.Encoding.UTF8.GetString(r.LengthPrefixed()), StringComparison.Ordinal);
        Assert.Equal(new byte[16], r.Bytes(16).ToArray());
        Assert.Equal(RsiStatus.NotFound, _store.Call(RsiAbi.RSI_READ_KEY, A));
    }

    [Fact]
    [Rule("RSI-047", "LOREG-041")]
    public void WriteKey_Masks_AreChecked()
    {
        MakeKey(A, "Key");
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_WRITE_KEY, new Payload().Raw(A).U32(3).Bytes([9]).U64(5).Done()));
        Assert.Equal(RsiStatus.Invalid, _store.Call(RsiAbi.RSI_WRITE_KEY, new Payload().Raw(A).U32(4).Done()));
        Assert.Equal(RsiStatus.NotFound, _store.Call(RsiAbi.RSI_WRITE_KEY, new Payload().Raw(B).U32(2).U64(5).Done()));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_READ_KEY, A, out byte[] fields));
        Assert.Equal([1, 0, 0, 0, 9, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0], fields[(4 + 3 + 16)..]);
    }

    [Fact]
    [Rule("RSI-048", "LOREG-042")]
    public void DropKey_Purges_Everything()
    {
        MakeKey(A, "Key");
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [1])));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DROP_KEY, A));
        Assert.Equal(new byte[8], Lookup("Key"));
        Assert.Equal(RsiStatus.NotFound, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(A)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DROP_KEY, A));
    }

    [Fact]
    [Rule("RSI-049", "RSI-050", "LOREG-043", "LCS-010")]
    public void Value_SetAndReplaced_ReadsBack()
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "Name", [1, 2], 1)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "NAME", [3], 2)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.Query(_store.Root, "name"), out byte[] fields));
        SpanReader r = new(fields);
        Assert.Equal(1u, r.U32());
        Assert.Equal("Name"u8.ToArray(), r.LengthPrefixed().ToArray());
        r.Skip(4 + 4);
        Assert.Equal(3u, r.U32());
        Assert.Equal([3], r.LengthPrefixed().ToArray());
        Assert.Equal(2ul, r.U64());
        Assert.Equal(0u, r.U32());
        Assert.Equal(RsiStatus.NotFound, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [1])));
    }

    [Fact]
    [Rule("RSI-050", "RSI-065", "LOREG-044")]
    public void SetValue_ExpectedSequence_DecidesAtomically()
    {
        Assert.Equal(RsiStatus.CasFailed, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [1], 5, 4)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [1], 5)));
        Assert.Equal(RsiStatus.CasFailed, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [2], 6, 4)));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [2], 6, 5)));
    }

    [Fact]
    [Rule("RSI-051", "RSI-043", "LOREG-038")]
    public void Deletes_OfNothing_AreOk()
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DELETE_VALUE_ENTRY, new Payload().Raw(_store.Root).Text("x").Text("base").Done()));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DELETE_ENTRY, Payload.DeleteEntry(_store.Root, "x")));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DELETE_ENTRY, Payload.DeleteEntry(A, "x")));
    }

    [Fact]
    [Rule("RSI-052")]
    public void Blanket_SetAndRemoved_ComesWithValues()
    {
        byte[] set = new Payload().Raw(_store.Root).Text("base").Raw(1).U64(9).Done();
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_BLANKET_TOMBSTONE, set));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(_store.Root), out byte[] fields));
        Assert.Equal([0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0], fields[..12]);
        byte[] remove = new Payload().Raw(_store.Root).Text("base").Raw(0).U64(0).Done();
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_BLANKET_TOMBSTONE, remove));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(_store.Root), out fields));
        Assert.Equal(new byte[8], fields);
    }

    [Fact]
    [Rule("LOREG-024")]
    public void Sequence_BeyondSigned_IsInvalid() =>
        Assert.Equal(RsiStatus.Invalid, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [1], 1ul << 63)));

    [Fact]
    [Rule("RSI-057", "LOREG-045")]
    public void DeleteLayer_Orphans_AreReported()
    {
        MakeKey(A, "Kept");
        byte[] entry = new Payload().Raw(_store.Root).Text("Gone").Text("RoleA").Raw(B).U64(2).Done();
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_CREATE_ENTRY, entry));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [1], layer: "RoleA")));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DELETE_LAYER, new Payload().Text("RoleA").Done(), out byte[] fields));
        Assert.Equal([1, 0, 0, 0, .. B], fields);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(A), out fields));
        Assert.Equal(new byte[8], fields);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_DELETE_LAYER, new Payload().Text("RoleA").Done(), out fields));
        Assert.Equal(new byte[4], fields);
    }

    [Fact]
    [Rule("RSI-064")]
    public void Transactions_NotBuilt_SayNotSupported()
    {
        Assert.Equal(RsiStatus.TransactionNotSupported, _store.Call(RsiAbi.RSI_BEGIN_TRANSACTION, new Payload().U64(1).U32(0).Done()));
        Assert.Equal(RsiStatus.Invalid, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [1]), out _, transaction: 1));
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_ABORT_TRANSACTION, new Payload().U64(1).Done()));
    }

    [Fact]
    [Rule("LOREG-048", "RSI-056")]
    public void Flush_NamedHive_EmptiesTheLog()
    {
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [1])));
        Assert.NotEqual(0, new FileInfo(_store.DatabasePath + "-wal").Length);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_FLUSH, new Payload().Text(_store.File.Name.ToUpperInvariant()).Done()));
        Assert.Equal(0, new FileInfo(_store.DatabasePath + "-wal").Length);
        Assert.Equal(RsiStatus.Invalid, _store.Call(RsiAbi.RSI_FLUSH, new Payload().Text("Other").Done()));
    }

    [Fact]
    [Rule("LOREG-018", "LOREG-019", "LOREG-020", "LOREG-021")]
    public void VolatileKey_LivesInMemory_AndReadsLikeOthers()
    {
        MakeKey(A, "Temp", isVolatile: true);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(A, "v", [7])));
        byte[] found = Lookup("temp");
        Assert.Equal(1, found[4 + 8 + 1 + 16 + 8 + 4 + 16 + 7]);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.Query(A, "v"), out byte[] fields));
        Assert.Contains((byte)7, fields);
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_FLUSH, new Payload().Text(_store.File.Name).Done()));
        Assert.DoesNotContain("Temp", File.ReadAllText(_store.DatabasePath, System.Text.Encoding.Latin1), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("RSI-058")]
    public void Requests_EveryTruncation_IsAnswered()
    {
        byte[][] payloads =
        [
            Payload.Entry(_store.Root, "k", A), Payload.Hide(_store.Root, "k"), Payload.Key(A, "k", _store.Root),
            Payload.Value(_store.Root, "v", [1, 2, 3]), Payload.Query(_store.Root, "v"),
        ];
        uint[] operations = [RsiAbi.RSI_CREATE_ENTRY, RsiAbi.RSI_HIDE_ENTRY, RsiAbi.RSI_CREATE_KEY, RsiAbi.RSI_SET_VALUE, RsiAbi.RSI_QUERY_VALUES];
        for (int i = 0; i < payloads.Length; i++)
        {
            for (int cut = 0; cut < payloads[i].Length; cut++)
            {
                Assert.Equal(RsiStatus.Invalid, _store.Call(operations[i], payloads[i].AsSpan(0, cut)));
            }
        }

        Assert.Equal(RsiStatus.Invalid, _store.Call(0x77, []));
        Assert.Equal(new byte[8], Lookup("k"));
    }

    [Fact]
    [Rule("RSI-020")]
    public void Request_TrailingBytes_AreIgnored() =>
        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_SET_VALUE, [.. Payload.Value(_store.Root, "v", [1]), 1, 2, 3]));

    [Fact]
    [Rule("RSI-059")]
    public void Write_ThatWaits_HoldsUpNoRead()
    {
        Assert.True(SqliteDatabase.TryOpen(_store.DatabasePath, SqliteOpenFlags.ReadWrite, out SqliteDatabase? other, out _));
        using (other)
        {
            Assert.Equal(SqliteCode.Ok, other.Execute("BEGIN IMMEDIATE"u8));
            ulong write = _store.Post(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, "v", [1]));
            ulong read = _store.Post(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(_store.Root));
            Assert.Equal(read, BitConverter.ToUInt64(_store.Take(), 4));

            Assert.Equal(SqliteCode.Ok, other.Execute("ROLLBACK"u8));
            byte[] late = _store.Take();
            Assert.Equal((write, 0u), (BitConverter.ToUInt64(late, 4), BitConverter.ToUInt32(late, 14)));
        }
    }

    [Fact]
    [Rule("RSI-058", "LOREG-032")]
    public void ManyWrites_PostedTogether_AreAllAnswered()
    {
        ulong[] ids = [.. Enumerable.Range(0, 300).Select(i => _store.Post(RsiAbi.RSI_SET_VALUE, Payload.Value(_store.Root, $"v{i}", [1], (ulong)i + 1, i % 7 == 3 ? 99ul : 0)))];
        foreach (ulong id in ids)
        {
            byte[] answer = _store.Take();
            Assert.Equal(id, BitConverter.ToUInt64(answer, 4));
            Assert.Equal(((int)id - 1) % 7 == 3 ? (uint)RsiStatus.CasFailed : 0u, BitConverter.ToUInt32(answer, 14));
        }

        Assert.Equal(RsiStatus.Ok, _store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(_store.Root), out byte[] fields));
        Assert.Equal(300 - 43, BitConverter.ToInt32(fields));
    }
}
