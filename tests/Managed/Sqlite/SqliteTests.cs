// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Sqlite;

public sealed class SqliteTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sqlite").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SqliteDatabase Open(string name = "t.db")
    {
        Assert.True(
            SqliteDatabase.TryOpen(Path.Combine(_folder, name), SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _));
        return db;
    }

    [Fact]
    public void Statement_EveryStorageClass_ComesBackAsBound()
    {
        using SqliteDatabase db = Open();
        Assert.Equal(SqliteCode.Ok, db.Execute("CREATE TABLE t(a,b,c,d,e,f); -- comment\n"u8));
        Assert.True(db.TryPrepare("INSERT INTO t VALUES(?,?,?,?,?,?)"u8, out SqliteStatement? insert, out _));
        using (insert)
        {
            Assert.Equal(SqliteCode.Ok, insert.Bind(1, long.MinValue));
            Assert.Equal(SqliteCode.Ok, insert.Bind(2, 1.5));
            Assert.Equal(SqliteCode.Ok, insert.BindText(3, "żółw"u8));
            Assert.Equal(SqliteCode.Ok, insert.BindBlob(4, [0, 1, 2]));
            Assert.Equal(SqliteCode.Ok, insert.BindBlob(5, default));
            Assert.Equal(SqliteCode.Ok, insert.BindNull(6));
            Assert.Equal(SqliteCode.Range, insert.BindNull(7));
            Assert.Equal(SqliteCode.Ok, insert.Run());
        }

        Assert.True(db.TryPrepare("SELECT * FROM t"u8, out SqliteStatement? select, out _));
        using (select)
        {
            Assert.Equal(SqliteCode.Row, select.Step());
            Assert.Equal(long.MinValue, select.ColumnInt64(0));
            Assert.Equal(1.5, select.ColumnDouble(1));
            Assert.Equal("żółw", Encoding.UTF8.GetString(select.ColumnText(2)));
            Assert.Equal(new byte[] { 0, 1, 2 }, select.ColumnBlob(3).ToArray());
            Assert.Equal(SqliteColumnType.Blob, select.ColumnType(4));
            Assert.True(select.IsNull(5));
            Assert.Equal(SqliteCode.Done, select.Step());
        }
    }

    [Fact]
    public void Failures_AreValues()
    {
        Assert.False(SqliteDatabase.TryOpen(Path.Combine(_folder, "none", "x.db"), SqliteOpenFlags.ReadOnly, out _, out SqliteCode code));
        Assert.Equal(SqliteCode.CantOpen, code);
        Assert.False(SqliteDatabase.TryOpen("a\0b", SqliteOpenFlags.ReadOnly, out _, out code));
        Assert.Equal(SqliteCode.CantOpen, code);

        using SqliteDatabase db = Open();
        Assert.False(db.TryPrepare("SELEC 1"u8, out _, out code));
        Assert.Equal(SqliteCode.Error, code);
        Assert.Contains("syntax", db.ErrorMessage, StringComparison.Ordinal);
        Assert.False(db.TryPrepare("  "u8, out _, out code));
        Assert.Equal(SqliteCode.Ok, db.Execute("CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES(1)"u8));
        Assert.Equal(SqliteCode.Constraint, db.Execute("INSERT INTO t VALUES(1)"u8));
    }

    [Fact]
    public void Noise_IsNotADatabase()
    {
        File.WriteAllBytes(Path.Combine(_folder, "t.db"), Encoding.ASCII.GetBytes(new string('x', 8192)));
        using SqliteDatabase db = Open();
        Assert.Equal(SqliteCode.NotADatabase, db.Execute("SELECT * FROM sqlite_schema"u8));
    }

    [Fact]
    public void Disposed_AnswersMisuse()
    {
        SqliteDatabase db = Open();
        Assert.True(db.TryPrepare("SELECT 1"u8, out SqliteStatement? statement, out _));
        statement.Dispose();
        db.Dispose();
        Assert.Equal(SqliteCode.Misuse, statement.Step());
        Assert.Equal(SqliteCode.Misuse, statement.Bind(1, 1));
        Assert.Equal(SqliteCode.Misuse, db.Execute("SELECT 1"u8));
        Assert.False(db.TryPrepare("SELECT 1"u8, out _, out SqliteCode code));
        Assert.Equal(SqliteCode.Misuse, code);
        db.Interrupt();
    }

    [Fact]
    public void Deadline_StopsARunningStatement()
    {
        using SqliteDatabase db = Open();
        db.SetDeadline(Environment.TickCount64 - 1);
        ReadOnlySpan<byte> endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c"u8;
        Assert.Equal(SqliteCode.Interrupt, db.Execute(endless));
        db.SetDeadline(long.MaxValue);
        Assert.Equal(SqliteCode.Ok, db.Execute("SELECT 1"u8));
    }

    [Fact]
    public void Backup_CopiesTheDatabase()
    {
        using SqliteDatabase from = Open("a.db");
        using SqliteDatabase to = Open("b.db");
        Assert.Equal(SqliteCode.Ok, from.Execute("CREATE TABLE t(a); INSERT INTO t VALUES(42)"u8));
        Assert.Equal(SqliteCode.Ok, from.BackupTo(to, pagesPerStep: 1));
        Assert.True(to.TryPrepare("SELECT a FROM t"u8, out SqliteStatement? select, out _));
        using (select)
        {
            Assert.Equal(SqliteCode.Row, select.Step());
            Assert.Equal(42, select.ColumnInt64(0));
        }
    }

    [Fact]
    public void Rows_AllocateNothing()
    {
        using SqliteDatabase db = Open();
        Assert.Equal(SqliteCode.Ok, db.Execute("CREATE TABLE t(a,b); BEGIN"u8));
        Assert.True(db.TryPrepare("INSERT INTO t VALUES(?,?)"u8, out SqliteStatement? insert, out _));
        using (insert)
        {
            InsertRows(insert, 10);
            long before = GC.GetAllocatedBytesForCurrentThread();
            InsertRows(insert, 1000);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static void InsertRows(SqliteStatement insert, int count)
    {
        for (int i = 0; i < count; i++)
        {
            insert.Bind(1, i);
            insert.BindText(2, "some text"u8);
            insert.Run();
        }
    }
}
