// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.Versioning;
using Lpsd;
using Lpsd.Store;
using Peios.Interop.Sqlite;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Lpsd;

/// <summary>What others could rely on without asking lpsd: the form of its store, and the numbers of its rights.</summary>
public sealed class StoreFormTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly LpsStore _store;

    public StoreFormTests() => _store = _folder.Open();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory, Rule("LPS-007")]
    [InlineData("meta", "key TEXT, value BLOB!")]
    [InlineData("principals", "sid BLOB, kind INTEGER!, name TEXT!, name_folded TEXT!, display_name TEXT, description TEXT, flags INTEGER!, posix_id INTEGER, primary_group BLOB, " +
        "home TEXT, shell TEXT, created_at INTEGER!, changed_at INTEGER!, expires_at INTEGER!, audit_policy INTEGER!, sd BLOB")]
    [InlineData("members", "group_sid BLOB!, member_sid BLOB!")]
    [InlineData("credentials", "sid BLOB, type INTEGER!, verifier TEXT!, set_at INTEGER!")]
    [InlineData("lockout", "sid BLOB, failures INTEGER!, last_failure INTEGER!, last_logon INTEGER!")]
    [InlineData("claims", "sid BLOB!, name TEXT!, name_folded TEXT!, entry BLOB!")]
    public void Table_HasTheColumnsOfTheSheet(string table, string expected) =>
        Assert.Equal(expected, _store.Scalar(System.Text.Encoding.ASCII.GetBytes(
            // Keys of tables without rowid are NOT NULL by themselves; the sheet marks the others.
            $"SELECT group_concat(name || ' ' || type || CASE WHEN \"notnull\" AND NOT (pk=1 AND (SELECT count(*) FROM pragma_table_info('{table}') WHERE pk>0)=1) THEN '!' ELSE '' END, ', ') FROM pragma_table_info('{table}')")));

    [Fact, Rule("LPS-008", "LPS-006")]
    public void Meta_HasItsKeys()
    {
        Assert.Equal("created_at,machine_sid,next_rid,setup_done", _store.Scalar("SELECT group_concat(key) FROM (SELECT key FROM meta ORDER BY key)"u8));
        Assert.True(Sid.TryReadExact(_store.Meta("machine_sid"), out Sid machine));
        Assert.Equal((5UL, 4, 21u), (machine.Authority, machine.SubAuthorityCount, machine.SubAuthority(0)));
        Assert.Equal("1000"u8.ToArray(), _store.Meta("next_rid"));
        Assert.Equal("0"u8.ToArray(), _store.Meta("setup_done"));
        Assert.Equal("1280332593", _store.Scalar("PRAGMA application_id"u8));
        Assert.Equal("1", _store.Scalar("PRAGMA user_version"u8));
        Assert.Equal("2", _store.Scalar("PRAGMA synchronous"u8));
        Assert.Equal("1", _store.Scalar("PRAGMA foreign_keys"u8));
    }

    [Fact, Rule("LPS-004")]
    [SupportedOSPlatform("linux")]
    public void Files_AreForTheDaemonAlone()
    {
        foreach (string file in Directory.EnumerateFiles(_folder.Path))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact, Rule("LPS-014", "LPS-009")]
    public void FullDisk_IsAStoreError_AndChangesNothing()
    {
        Sid alice = StoreFolder.Add(_store, "alice");
        AccountChanges changes = new(_store, new PrincipalChanges(_store));
        string pages = _store.Scalar("PRAGMA page_count"u8)!;
        _store.Scalar(System.Text.Encoding.ASCII.GetBytes($"PRAGMA max_page_count={pages}"));
        PrincipalRow row = _store.Find(alice)!;
        Outcome outcome = Outcome.Done;
        for (int i = 0; i < 64 && outcome.Ok; i++)
        {
            outcome = changes.SetClaim(row, $"c{i}", new byte[250], 1);
        }

        Assert.Equal(("STORE_ERROR", SqliteCode.Full), (outcome.Code, _store.Failure));
        int kept = 0;
        _store.Reset();
        Assert.All(_store.Claims(alice), claim => kept += claim.Length / 250);
        Assert.True(changes.Remove(row, 1).Ok || !_store.Ok);
        _store.Reset();
        Assert.Equal(kept, _store.Find(alice) is null ? kept : _store.Claims(alice).Count);
    }

    [Fact, Rule("LPS-045")]
    public void Rights_HaveTheNumbersOfTheSheet()
    {
        Assert.Equal((0x01u, 0x02u, 0x04u, 0x08u, 0x20u, 0x80u), (LpsdRights.Read, LpsdRights.Create, LpsdRights.Write, LpsdRights.Remove, LpsdRights.Verify, LpsdRights.Admin));
        Assert.Equal(new GenericMapping(0x00020001, 0x0002001E, 0x00020060, 0x000F00FF), LpsdRights.Mapping);
        Assert.True(Sddl.TryParse(LpsdRights.DefaultSecurity, out byte[] descriptor, out _));
        Assert.True(SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd) && sd.HasDacl);
    }
}
