// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Peios.Interop.Sqlite;
using Peios.Security;
using Registryd;
using Registryd.Offline;
using Registryd.Store;
using Xunit;

namespace Peios.Tests.Registryd;

/// <summary>The offline import and the command line (LOREG-001, decisions.md 13).</summary>
public sealed class ImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("registryd").FullName;

    private HiveArgument Hive => new("Machine", Path.Combine(_folder, "machine.regdb"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private int Import(string toml)
    {
        string file = Path.Combine(_folder, "seed.toml");
        File.WriteAllText(file, toml);
        return TomlImport.Run(file, Hive);
    }

    private string Dump()
    {
        using StringWriter output = new();
        Assert.Equal(0, Inspector.Run([Hive], output));
        return output.ToString();
    }

    [Fact]
    public void Import_EveryType_ArrivesAsMeant()
    {
        Assert.Equal(0, Import("""
            [System.A]
            "@" = "default"
            text = "ä"
            list = ["one", "two"]
            number = 7
            d = { dword = 4294967295 }
            q = { qword = -1 }
            b = { binary = "00 ff" }
            e = { expand = "%X%" }
            l = { link = "Machine\\B" }
            s = { sddl = "O:SYG:SYD:(A;;KA;;;SY)" }
            """));
        string dump = Dump();
        Assert.Contains("""@  type=1 layer=base sequence=3 "default" """.TrimEnd(), dump, StringComparison.Ordinal);
        Assert.Contains("list  type=7 layer=base sequence=5 6f6e650074776f0000", dump, StringComparison.Ordinal);
        Assert.Contains("number  type=4 layer=base sequence=6 07000000", dump, StringComparison.Ordinal);
        Assert.Contains("d  type=4 layer=base sequence=7 ffffffff", dump, StringComparison.Ordinal);
        Assert.Contains("q  type=11 layer=base sequence=8 ffffffffffffffff", dump, StringComparison.Ordinal);
        Assert.Contains("b  type=3 layer=base sequence=9 00ff", dump, StringComparison.Ordinal);
        Assert.Contains("e  type=2 layer=base sequence=10 \"%X%\"", dump, StringComparison.Ordinal);
        Assert.Contains("s  type=3 layer=base sequence=12 01000480", dump, StringComparison.Ordinal);
        Assert.Contains("[Machine\\System\\A]", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_Twice_MergesAndReplaces()
    {
        Assert.Equal(0, Import("[A]\nx = 1\ny = 2"));
        Assert.Equal(0, Import("[a]\nX = 3"));
        string dump = Dump();
        Assert.Contains("x  type=4 layer=base sequence=4 03000000", dump, StringComparison.Ordinal);
        Assert.Contains("y  type=4", dump, StringComparison.Ordinal);
        Assert.Equal(1, dump.Split("[Machine\\").Length - 1);
    }

    [Theory]
    [InlineData("[A]\nx = 1.5")]
    [InlineData("[A]\nx = true")]
    [InlineData("[A]\nx = -1")]
    [InlineData("[A]\nx = 4294967296")]
    [InlineData("[A]\nx = { dword = 1, qword = 2 }")]
    [InlineData("[A]\nx = { word = 1 }")]
    [InlineData("[A]\nx = { binary = \"0\" }")]
    [InlineData("[A]\nx = { sddl = \"nonsense\" }")]
    [InlineData("[A]\nx = [1]")]
    [InlineData("[A]\nx = [\"\"]")]
    [InlineData("[\"A\\\\B\"]\nx = 1")]
    [InlineData("[\"@x\"]\nx = 1")]
    [InlineData("[A]\n\"@y\" = 1")]
    [InlineData("[A]\n\"@security\" = \"nonsense\"")]
    [InlineData("[A]\n\"@security\" = 1")]
    [InlineData("[A")]
    public void Import_BadInput_ChangesNothing(string toml)
    {
        Assert.Equal(0, Import("[Before]\nv = 1"));
        string before = Dump();
        Assert.Equal(1, Import("[First]\nv = 1\n" + toml));
        Assert.Equal(before, Dump());
    }

    private byte[] SecurityOf(string name)
    {
        Assert.True(SqliteDatabase.TryOpen(Hive.Path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.True(db.TryPrepare("SELECT sd FROM keys WHERE name = ?1"u8, out SqliteStatement? select, out _));
            using (select)
            {
                _ = select.BindText(1, System.Text.Encoding.UTF8.GetBytes(name));
                Assert.Equal(SqliteCode.Row, select.Step());
                return select.ColumnBlob(0).ToArray();
            }
        }
    }

    private string SddlOf(string name)
    {
        Assert.True(Sddl.TryFormat(SecurityOf(name), new SddlOptions(SddlObjectKind.RegistryKey), out string text, out _));
        return text;
    }

    [Fact]
    [Rule("LOREG-009", "LCS-146", "KACS-FMT-146")]
    public void Import_Keys_InheritFromTheirParents()
    {
        Assert.Equal(0, Import("""
            [Open.Child]
            [Closed]
            "@security" = "O:BAG:SYD:P(A;CI;KA;;;SY)(A;;KR;;;WD)"
            [Closed.Child]
            """));
        Assert.Equal("O:SYG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;AU)", SddlOf("Machine"));
        Assert.Equal("O:SYG:SYD:AI(A;CIID;KA;;;SY)(A;CIID;KA;;;BA)(A;CIID;KR;;;AU)", SddlOf("Open"));
        Assert.Equal("O:BAG:SYD:P(A;CI;KA;;;SY)(A;;KR;;;WD)", SddlOf("Closed"));
    }

    [Theory]
    [Rule("LOREG-001")]
    [InlineData]
    [InlineData("Machine")]
    [InlineData("=/x")]
    [InlineData("Machine=")]
    [InlineData("Machine=relative")]
    [InlineData("A\\B=/x")]
    [InlineData("currentuser=/x")]
    [InlineData("Machine=/a", "mACHINE=/b")]
    [InlineData("--import")]
    [InlineData("--import", "f")]
    [InlineData("--import", "f", "A=/a", "B=/b")]
    [InlineData("--inspector")]
    public void CommandLine_Malformed_IsRefused(params string[] args)
    {
        Assert.Null(CommandLine.Parse(args, out string error));
        Assert.NotEmpty(error);
    }

    [Fact]
    [Rule("LOREG-001", "LOREG-002", "LOREG-003")]
    public void CommandLine_UsualCall_KeepsTheSpelling()
    {
        CommandLine? command = CommandLine.Parse(["Machine=/var/lib/registry/machine.regdb", "Users=/u=v"], out _);
        Assert.NotNull(command);
        Assert.Equal(RunMode.Serve, command.Mode);
        Assert.Equal([new HiveArgument("Machine", "/var/lib/registry/machine.regdb"), new HiveArgument("Users", "/u=v")], command.Hives);
    }
}
