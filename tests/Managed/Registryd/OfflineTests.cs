// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Peios.Interop.Sqlite;
using Registryd;
using Registryd.Offline;
using Registryd.Store;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>The offline options in the hands of somebody in trouble (LOREG-049..LOREG-051).</summary>
public sealed class OfflineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registryd").FullName;

    private string Database => Path.Combine(_folder, "machine.regdb");

    private HiveArgument Hive => new("Machine", Database);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void MakeHive()
    {
        string file = Path.Combine(_folder, "seed.toml");
        File.WriteAllText(file, "[A]\nv = 1");
        Assert.Equal(0, TomlImport.Run(file, Hive));
    }

    private static void Change(string path, string sql)
    {
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(Encoding.UTF8.GetBytes(sql)));
        }
    }

    [Fact]
    [Rule("LOREG-049")]
    public void EveryOption_WhileTheHiveIsServed_ChangesNothing()
    {
        MakeHive();
        File.Copy(Database, Database + ".bak");
        byte[] before = File.ReadAllBytes(Database);
        Assert.True(HiveLock.Take(new HiveFile(Hive), out HiveLock? held).Ok);
        using (held)
        {
            StoreError second = HiveLock.Take(new HiveFile(Hive), out HiveLock? none);
            Assert.Null(none);
            Assert.Contains($"{Database} is in use", second.Message, StringComparison.Ordinal);
            Assert.Equal(1, Recovery.Clear([Hive]));
            Assert.Equal(1, Recovery.Recover([Hive]));
            Assert.Equal(1, TomlImport.Run(Path.Combine(_folder, "seed.toml"), Hive));
            Assert.Equal(1, Server.Run([Hive]));
        }

        Assert.Equal(before, File.ReadAllBytes(Database));
        Assert.True(File.Exists(Database + ".bak"));
        Assert.Equal(0, Recovery.Clear([Hive]));
    }

    [Theory]
    [Rule("LOREG-049", "LOREG-050")]
    [InlineData("UPDATE schema_version SET version = 2")]
    [InlineData("DELETE FROM keys WHERE parent_guid IS NULL")]
    [InlineData("DROP TABLE schema_version")]
    public void Recover_BackupThatCannotBeServed_LeavesTheFileAlone(string spoil)
    {
        MakeHive();
        File.Copy(Database, Database + ".bak");
        Change(Database + ".bak", spoil);
        byte[] before = File.ReadAllBytes(Database);
        Assert.Equal(1, Recovery.Recover([Hive]));
        Assert.Equal(before, File.ReadAllBytes(Database));
    }

    [Fact]
    [Rule("LOREG-049")]
    public void Recover_EmptyBackup_LeavesTheFileAlone()
    {
        MakeHive();
        File.WriteAllBytes(Database + ".bak", []);
        byte[] before = File.ReadAllBytes(Database);
        Assert.Equal(1, Recovery.Recover([Hive]));
        Assert.Equal(before, File.ReadAllBytes(Database));
    }

    [Fact]
    [Rule("LOREG-049")]
    public void EveryOption_NothingThere_Fails()
    {
        HiveArgument typo = new("Machine", Path.Combine(_folder, "typo", "machine.regdb"));
        using StringWriter shown = new();
        Assert.Equal(1, Recovery.Clear([Hive]));
        Assert.Equal(1, Recovery.Recover([Hive]));
        Assert.Equal(1, Inspector.Run([Hive], shown));
        Assert.Equal(1, Recovery.Clear([typo]));
        Assert.Equal(1, Recovery.Recover([typo]));
        Assert.Equal(1, Inspector.Run([typo], shown));
        Assert.Equal(1, Server.Run([typo]));
    }

    [Fact]
    [Rule("LOREG-049")]
    public void EveryOption_OnAFolder_Fails()
    {
        _ = Directory.CreateDirectory(Database);
        using StringWriter shown = new();
        Assert.Equal(1, Recovery.Clear([Hive]));
        Assert.Equal(1, Recovery.Recover([Hive]));
        Assert.Equal(1, Inspector.Run([Hive], shown));
        Assert.Equal(1, Server.Run([Hive]));
        Assert.True(Directory.Exists(Database));
    }

    [Fact]
    [Rule("LOREG-049")]
    public void Recover_OneOfTwo_DoesTheOtherAndFails()
    {
        MakeHive();
        Assert.True(new HiveFile(Hive).Backup().Ok);
        Assert.Equal(1, Recovery.Recover([new HiveArgument("Users", Path.Combine(_folder, "users.regdb")), Hive]));
        Assert.True(File.Exists(Database + ".damaged"));
    }

    [Fact]
    [Rule("LOREG-051")]
    public void Inspector_ControlCharacters_AreNotPrinted()
    {
        MakeHive();
        Change(Database, "UPDATE path_entries SET child_name = 'A' || char(27) || '[2J' || char(10) || 'B'; UPDATE \"values\" SET name = 'n' || char(27, 13), type = 1, data = 'x' || char(7, 155)");
        using StringWriter shown = new();
        Assert.Equal(0, Inspector.Run([Hive], shown));
        foreach (char c in shown.ToString())
        {
            Assert.True(c == '\n' || !char.IsControl(c), $"U+{(int)c:X4}");
        }

        Assert.Contains(@"A\x1b[2J\x0aB", shown.ToString(), StringComparison.Ordinal);
    }
}
