// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Lpsd.Store;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Lpsd;

public sealed class StoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact, Rule("LPS-019", "LPS-022", "LPS-023", "LPS-030")]
    public void FirstOpen_MakesThePredefinedPrincipals()
    {
        using LpsStore store = _folder.Open();
        Sid m = store.MachineSid;
        Assert.Equal((5UL, 4, 21u), (m.Authority, m.SubAuthorityCount, m.SubAuthority(0)));
        Assert.DoesNotContain(0u, new[] { m.SubAuthority(1), m.SubAuthority(2), m.SubAuthority(3) });
        Assert.Equal(23, store.Count());
        Assert.All(store.List(null), row => Assert.True((row.Flags & PrincipalFlags.Protected) != 0));
        Assert.All(store.List(null).Where(row => row.Kind != PrincipalKind.Machine), row => Assert.Equal(row.Sid.Rid, row.PosixId));
        Assert.Null(store.Find("machine$")!.PosixId);
        PrincipalRow administrator = store.Find("ADMINISTRATOR")!;
        Assert.Equal((m.Append(500), PrincipalKind.User, m.Append(513)), (administrator.Sid, administrator.Kind, administrator.PrimaryGroup));
        Assert.Equal(PrincipalFlags.Disabled | PrincipalFlags.Protected, administrator.Flags);
        Assert.Contains("NO_PASSWORD", PrincipalFlagNames.Of(store.Find("Guest")!.Flags));
        Assert.Equal([m.Append(500)], store.MembersOf(WellKnownSids.Administrators));
        Assert.Equal([m.Append(513)], store.MembersOf(WellKnownSids.Users));
        Assert.Equal([m.Append(514)], store.MembersOf(WellKnownSids.Guests));
        Assert.Equal((1000u, false), (store.NextRid, store.SetupDone));
    }

    [Fact, Rule("LPS-019")]
    public void Machine_OfAnotherStore_HasAnotherSid()
    {
        using StoreFolder other = new();
        using LpsStore left = _folder.Open();
        using LpsStore right = other.Open();
        Assert.NotEqual(left.MachineSid, right.MachineSid);
    }

    [Fact, Rule("LPS-009", "LPS-019", "LPS-020")]
    public void Store_OpenedAgain_HasTheSameContents()
    {
        Sid machine;
        Sid alice;
        using (LpsStore store = _folder.Open())
        {
            machine = store.MachineSid;
            alice = StoreFolder.Add(store, "alice");
        }

        using LpsStore again = _folder.Open();
        Assert.Equal(machine, again.MachineSid);
        Assert.Equal(machine.Append(1000), alice);
        Assert.Equal("alice", again.Find(alice)!.Name);
        Assert.Equal(machine.Append(1001), StoreFolder.Add(again, "bob"));
    }

    [Fact, Rule("LPS-006")]
    public void Store_Files_BelongToTheOwnerAloneAndCarryTheirIdentity()
    {
        using LpsStore store = _folder.Open();
        Assert.Equal("wal", store.Scalar("PRAGMA journal_mode"u8));
        Assert.Equal("2", store.Scalar("PRAGMA synchronous"u8));
        Assert.Equal("1", store.Scalar("PRAGMA foreign_keys"u8));
        Assert.Equal("1280332593", store.Scalar("PRAGMA application_id"u8));
        foreach (string file in Directory.GetFiles(_folder.Path, "lps.db*"))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode);
        }
    }

    [Fact, Rule("LPS-011", "LPS-012")]
    public void Marker_WithoutADatabase_IsRefusedAndNothingIsMade()
    {
        _folder.Open().Dispose();
        File.Delete(_folder.Database);
        Assert.Contains("missing", _folder.Refusal(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Database));
    }

    [Fact, Rule("LPS-012")]
    public void Database_WithoutAMarker_IsOpenedAndMarked()
    {
        Sid machine;
        using (LpsStore store = _folder.Open())
        {
            machine = store.MachineSid;
        }

        File.Delete(_folder.Marker);
        using LpsStore again = _folder.Open();
        Assert.Equal(machine, again.MachineSid);
        Assert.True(File.Exists(_folder.Marker));
    }

    [Fact, Rule("LPS-012")]
    public void Creation_CutOffByACrash_BeginsAnew()
    {
        File.WriteAllBytes(_folder.Database + ".new", [1, 2, 3]);
        using LpsStore store = _folder.Open();
        Assert.Equal(23, store.Count());
    }

    [Theory, Rule("LPS-010", "LPS-011")]
    [InlineData("")]
    [InlineData("SQLite format 3\0")]
    [InlineData("noise that is no database at all, but long enough to hold a header of one hundred bytes ............................................")]
    public void Database_OfNoise_IsRefusedAndLeftAlone(string contents)
    {
        _folder.Open().Dispose();
        File.WriteAllText(_folder.Database, contents);
        _folder.Refusal();
        Assert.Equal(contents, File.ReadAllText(_folder.Database));
    }

    [Theory, Rule("LPS-010")]
    [InlineData("PRAGMA application_id=1", "not a principal store")]
    [InlineData("PRAGMA user_version=2", "another version")]
    [InlineData("DROP TABLE claims", "claims is missing")]
    [InlineData("DELETE FROM meta WHERE key='machine_sid'", "machine SID")]
    [InlineData("UPDATE meta SET value=x'0102' WHERE key='machine_sid'", "machine SID")]
    [InlineData("UPDATE meta SET value='500' WHERE key='next_rid'", "next RID")]
    [InlineData("UPDATE meta SET value='514' WHERE key='next_rid'", "next RID")]
    [InlineData("UPDATE meta SET value='many' WHERE key='next_rid'", "next RID")]
    [InlineData("UPDATE principals SET sid=x'00' WHERE name='Guest'", "malformed")]
    public void Database_WithWrongContents_IsRefused(string sql, string problem)
    {
        _folder.Open().Dispose();
        Assert.True(SqliteDatabase.TryOpen(_folder.Database, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(System.Text.Encoding.UTF8.GetBytes(sql)));
        }

        Assert.Contains(problem, _folder.Refusal(), StringComparison.Ordinal);
        Assert.False(new StoreFiles(_folder.Path).TryCheck(out _));
    }

    [Fact, Rule("LPS-010")]
    public void Database_WithADamagedPage_IsRefused()
    {
        _folder.Open().Dispose();
        byte[] bytes = File.ReadAllBytes(_folder.Database);
        Array.Fill(bytes, (byte)0x5A, 4096, 3 * 4096);
        File.WriteAllBytes(_folder.Database, bytes);
        Assert.Contains("damaged", _folder.Refusal(), StringComparison.Ordinal);
    }

    [Fact, Rule("LPS-005")]
    public void Lock_IsHeldByOne()
    {
        using Fd? first = new StoreFiles(_folder.Path).TryLock();
        Assert.NotNull(first);
        Assert.Null(new StoreFiles(_folder.Path).TryLock());
    }

    [Fact, Rule("LPS-013")]
    public void Backup_IsAWholeCopy()
    {
        StoreFiles files = new(_folder.Path);
        Assert.True(files.TryOpen(out LpsStore? store, out _));
        using (store)
        {
            StoreFolder.Add(store, "alice");
            Assert.Equal(SqliteCode.Ok, files.Backup(store));
        }

        File.Delete(_folder.Database);
        File.Move(_folder.Database + ".bak", _folder.Database);
        using LpsStore copy = _folder.Open();
        Assert.NotNull(copy.Find("alice"));
    }
}
