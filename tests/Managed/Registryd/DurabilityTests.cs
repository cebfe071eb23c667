// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.Versioning;
using System.Text;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd;
using Registryd.Offline;
using Registryd.Serve;
using Registryd.Store;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>Crashes, damage, a full disk, backups (LOREG-005, LOREG-011..LOREG-014, LOREG-049, LOREG-050).</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registryd").FullName;

    private string Database => Path.Combine(_folder, "machine.regdb");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private StoreError Prepare(string path)
    {
        StoreError error = new HiveFile(new HiveArgument("H" + Guid.NewGuid().ToString("N"), path)).Prepare(out SqliteDatabase? db, out _);
        db?.Dispose();
        return error;
    }

    // What kill -9 leaves is what the files hold at that moment: no connection gets to clean up.
    private string Snapshot(StoreHarness store)
    {
        string copy = Directory.CreateDirectory(Path.Combine(_folder, "crash")).FullName;
        File.Copy(store.DatabasePath, Path.Combine(copy, "machine.regdb"));
        File.Copy(store.DatabasePath + "-wal", Path.Combine(copy, "machine.regdb-wal"));
        return copy;
    }

    [Fact]
    [Rule("LOREG-012", "RSI-066", "LOREG-013")]
    public void AcknowledgedWrites_AfterACrash_AreThere()
    {
        using StoreHarness store = new();
        for (ulong i = 1; i <= 50; i++)
        {
            Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, $"v{i}", [1], i)));
        }

        using StoreHarness again = new(Snapshot(store));
        Assert.Equal(store.Root, again.Root);
        Assert.Equal(50ul, again.MaxSequence);
        Assert.Equal(RsiStatus.Ok, again.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(again.Root), out byte[] fields));
        Assert.Equal(50, BitConverter.ToInt32(fields));
    }

    [Fact]
    [Rule("LOREG-011", "RSI-067")]
    public void HalfMadeKeys_AfterACrash_ArePurged()
    {
        byte[] entryOnly = Payload.Guid(1), recordOnly = Payload.Guid(2), orphan = Payload.Guid(3);
        using StoreHarness store = new();
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(store.Root, "entry", entryOnly)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(recordOnly, "record", store.Root)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(recordOnly, "below", orphan)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(orphan, "below", recordOnly)));
        using StoreHarness again = new(Snapshot(store));
        Assert.Equal(RsiStatus.Ok, again.Call(RsiAbi.RSI_ENUM_CHILDREN, again.Root, out byte[] fields));
        Assert.Equal(new byte[8], fields);
        Assert.Equal(RsiStatus.NotFound, again.Call(RsiAbi.RSI_READ_KEY, recordOnly));
        Assert.Equal(RsiStatus.NotFound, again.Call(RsiAbi.RSI_READ_KEY, orphan));
    }

    [Fact]
    [Rule("LOREG-011")]
    public void LiveTree_AfterARestart_IsWhole()
    {
        byte[] parent = Payload.Guid(1), child = Payload.Guid(2);
        using StoreHarness store = new();
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(store.Root, "parent", parent)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(parent, "parent", store.Root)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_ENTRY, Payload.Entry(parent, "child", child)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_CREATE_KEY, Payload.Key(child, "child", parent)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(child, "v", [1])));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_HIDE_ENTRY, Payload.Hide(child, "hidden", 2)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_BLANKET_TOMBSTONE, new Payload().Raw(child).Text("RoleA").Raw(1).U64(3).Done()));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(child), out byte[] before));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_ENUM_CHILDREN, child, out byte[] hidden));
        using StoreHarness again = new(Snapshot(store));
        Assert.Equal(RsiStatus.Ok, again.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(child), out byte[] after));
        Assert.Equal(before, after);
        Assert.Equal(RsiStatus.Ok, again.Call(RsiAbi.RSI_ENUM_CHILDREN, child, out after));
        Assert.Equal(hidden, after);
        Assert.Equal(1, BitConverter.ToInt32(after));
    }

    [Fact]
    [Rule("LOREG-014")]
    public void FullDisk_Write_IsAStorageErrorAndKeepsNothing()
    {
        using StoreHarness store = new(limit: "PRAGMA max_page_count=40");
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, "small", [1])));
        Assert.Equal(RsiStatus.StorageError, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, "big", new byte[500_000], 2)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, "next", [1], 3)));
        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_QUERY_VALUES, Payload.QueryAll(store.Root), out byte[] fields));
        Assert.Equal(2, BitConverter.ToInt32(fields));
        Assert.Null(store.Failure);
    }

    [Fact]
    [Rule("LOREG-014")]
    public void FullDisk_InABatch_SpoilsOnlyTheLargeOne()
    {
        using StoreHarness store = new(limit: "PRAGMA max_page_count=40");
        List<ulong> ids = [];
        for (ulong i = 1; i <= 30; i++)
        {
            ids.Add(store.Post(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, $"v{i}", i == 15 ? new byte[500_000] : [1], i)));
        }

        foreach (ulong id in ids)
        {
            byte[] answer = store.Take();
            Assert.Equal(id, BitConverter.ToUInt64(answer, 4));
            Assert.Equal(id == ids[14] ? (uint)RsiStatus.StorageError : 0u, BitConverter.ToUInt32(answer, 14));
        }
    }

    private void WriteHive()
    {
        using StoreHarness store = new(Directory.CreateDirectory(Path.Combine(_folder, "made")).FullName);
        for (ulong i = 1; i <= 200; i++)
        {
            Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_SET_VALUE, Payload.Value(store.Root, $"v{i}", new byte[200], i)));
        }

        Assert.Equal(RsiStatus.Ok, store.Call(RsiAbi.RSI_FLUSH, new Payload().Text(store.File.Name).Done()));
        File.Copy(store.DatabasePath, Database);
    }

    [Fact]
    [Rule("LOREG-006", "LOREG-014")]
    public void Start_TruncatedFile_Refuses()
    {
        WriteHive();
        byte[] whole = File.ReadAllBytes(Database);
        foreach (int length in (int[])[100, 4096, 5000, whole.Length / 2, whole.Length - 4096])
        {
            File.WriteAllBytes(Database, whole[..length]);
            StoreError error = Prepare(Database);
            Assert.True(error.Damaged, $"{length}: {error}");
            Assert.Contains(Database, error.Message, StringComparison.Ordinal);
            RemoveSideFiles();
        }
    }

    [Fact]
    [Rule("LOREG-006", "LOREG-014")]
    public void Start_Noise_Refuses()
    {
        byte[] noise = new byte[40_000];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(Database, noise);
        StoreError error = Prepare(Database);
        Assert.True(error.Damaged, error.Message);
        Assert.Contains(Database, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("LOREG-006")]
    public void Start_NoiseInsideTheTree_Refuses()
    {
        WriteHive();
        byte[] bytes = File.ReadAllBytes(Database);
        new Random(2).NextBytes(bytes.AsSpan(8192, 4096));
        File.WriteAllBytes(Database, bytes);
        Assert.True(Prepare(Database).Damaged);
    }

    [Fact]
    [Rule("LOREG-017")]
    public void Start_NewerSchemaOrOtherDatabase_Refuses()
    {
        Assert.True(Prepare(Database).Ok);
        Change("UPDATE schema_version SET version = 2");
        StoreError error = Prepare(Database);
        Assert.False(error.Ok);
        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
        RemoveSideFiles();
        File.Delete(Database);
        Change("CREATE TABLE somebody_elses(x)");
        Assert.Contains("not a registry hive", Prepare(Database).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("LOREG-017")]
    public void Start_EmptyFile_BecomesAHive()
    {
        File.WriteAllBytes(Database, []);
        Assert.True(Prepare(Database).Ok);
    }

    [Fact]
    [Rule("LOREG-049", "LOREG-050")]
    public void Recovery_DamagedFile_BackupComesBack()
    {
        WriteHive();
        HiveArgument hive = new("Machine", Database);
        Assert.True(new HiveFile(hive).Backup().Ok);
        File.WriteAllBytes(Database, [1, 2, 3]);
        RemoveSideFiles();
        Assert.Equal(0, Recovery.Recover([hive]));
        Assert.True(Prepare(Database).Ok);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Database + ".damaged"));
        using StringWriter shown = new();
        Assert.Equal(0, Inspector.Run([hive], shown));
        Assert.Contains("v200", shown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [Rule("LOREG-050")]
    [InlineData(true)]
    [InlineData(false)]
    public void LostFile_WithABackup_IsNotReplacedByAnEmptyHive(bool truncated)
    {
        WriteHive();
        HiveArgument hive = new("Machine", Database);
        Assert.True(new HiveFile(hive).Backup().Ok);
        File.Delete(Database);
        RemoveSideFiles();
        if (truncated)
        {
            File.WriteAllBytes(Database, []);
        }

        StoreError error = Prepare(Database);
        Assert.False(error.Ok);
        Assert.Contains("--recover-from-backup", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Recovery.Recover([hive]));
        Assert.True(Prepare(Database).Ok);
        using StringWriter shown = new();
        Assert.Equal(0, Inspector.Run([hive], shown));
        Assert.Contains("v200", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("LOREG-049")]
    public void Recovery_DamagedBackup_LeavesTheFileAlone()
    {
        WriteHive();
        byte[] before = File.ReadAllBytes(Database);
        File.WriteAllBytes(Database + ".bak", [9, 9, 9]);
        Assert.Equal(1, Recovery.Recover([new HiveArgument("Machine", Database)]));
        Assert.Equal(before, File.ReadAllBytes(Database));
    }

    [Fact]
    [Rule("LOREG-049")]
    public void Clear_ErasesHiveAndBackup()
    {
        WriteHive();
        HiveArgument hive = new("Machine", Database);
        Assert.True(new HiveFile(hive).Backup().Ok);
        Assert.Equal(0, Recovery.Clear([hive]));
        Assert.False(File.Exists(Database));
        Assert.False(File.Exists(Database + ".bak"));
    }

    [Fact]
    [Rule("LOREG-051")]
    public void Inspector_DamagedFile_SaysSo()
    {
        WriteHive();
        byte[] whole = File.ReadAllBytes(Database);
        File.WriteAllBytes(Database, whole[..(whole.Length - 4096)]);
        using StringWriter shown = new();
        Assert.Equal(1, Inspector.Run([new HiveArgument("Machine", Database)], shown));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void DatabaseFiles_OthersCannotRead()
    {
        Assert.True(Prepare(Database).Ok);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Database));
    }

    private void RemoveSideFiles()
    {
        File.Delete(Database + "-wal");
        File.Delete(Database + "-shm");
    }

    private void Change(string sql)
    {
        Assert.True(SqliteDatabase.TryOpen(Database, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(Encoding.UTF8.GetBytes(sql)));
        }
    }
}
