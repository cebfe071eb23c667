// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop.Sqlite;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>
/// A connection with a sticky failure: after the first one every query yields nothing and every change does nothing,
/// and the command ends in one check (LPS-014).
/// </summary>
internal class StoreConnection(SqliteDatabase database) : IDisposable
{
    /// <summary>The first failure since <see cref="Reset"/>; Ok if there was none.</summary>
    public SqliteCode Failure { get; private set; } = SqliteCode.Ok;

    /// <summary>SQLite's words for the failure.</summary>
    public string FailureText { get; private set; } = "";

    /// <summary>No failure so far.</summary>
    public bool Ok => Failure == SqliteCode.Ok;

    protected SqliteDatabase Database => database;

    /// <inheritdoc/>
    public virtual void Dispose() => database.Dispose();

    /// <summary>A new command begins: rolls back what is open and forgets the failure.</summary>
    public void Reset()
    {
        Rollback();
        Failure = SqliteCode.Ok;
        FailureText = "";
    }

    /// <summary>Takes back the open transaction and keeps the failure, which decides the answer.</summary>
    public void Rollback()
    {
        if (database.InTransaction)
        {
            _ = database.Execute("ROLLBACK"u8);
        }
    }

    /// <summary>Runs statements without results.</summary>
    public bool Execute(ReadOnlySpan<byte> sql) => Ok && Check(database.Execute(sql));

    /// <summary>Compiles a statement; null after a failure.</summary>
    protected SqliteStatement? Prepare(ReadOnlySpan<byte> sql)
    {
        if (!Ok)
        {
            return null;
        }

        if (!database.TryPrepare(sql, out SqliteStatement? statement, out SqliteCode code))
        {
            Check(code);
        }

        return statement;
    }

    /// <summary>The next row?</summary>
    protected bool Step(SqliteStatement statement)
    {
        SqliteCode code = statement.Step();
        if (code is not (SqliteCode.Row or SqliteCode.Done))
        {
            Check(code);
        }

        return code == SqliteCode.Row;
    }

    /// <summary>Runs a statement without rows.</summary>
    protected bool Run(SqliteStatement? statement) => statement is not null && Check(statement.Run());

    /// <summary>Marks the contents as wrong: a value that no version of lpsd writes.</summary>
    protected void Corrupt(string what)
    {
        if (Ok)
        {
            Failure = SqliteCode.Corrupt;
            FailureText = what;
        }
    }

    protected static void BindSid(SqliteStatement statement, int index, in Sid sid)
    {
        Span<byte> bytes = stackalloc byte[Sid.MaxBinaryLength];
        if (sid.IsNone)
        {
            statement.BindNull(index);
        }
        else
        {
            statement.BindBlob(index, bytes[..sid.Write(bytes)]);
        }
    }

    protected static void BindText(SqliteStatement statement, int index, string? text)
    {
        if (text is null)
        {
            statement.BindNull(index);
        }
        else
        {
            statement.BindText(index, Encoding.UTF8.GetBytes(text));
        }
    }

    protected Sid ReadSid(SqliteStatement statement, int column)
    {
        if (!Sid.TryReadExact(statement.ColumnBlob(column), out Sid sid))
        {
            Corrupt("a stored SID is malformed");
        }

        return sid;
    }

    protected static string? ReadText(SqliteStatement statement, int column) =>
        statement.IsNull(column) ? null : Encoding.UTF8.GetString(statement.ColumnText(column));

    private bool Check(SqliteCode code)
    {
        if (code != SqliteCode.Ok && Ok)
        {
            Failure = code;
            FailureText = database.ErrorMessage;
        }

        return code == SqliteCode.Ok;
    }
}
