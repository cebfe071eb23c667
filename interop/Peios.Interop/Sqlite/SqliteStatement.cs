// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace Peios.Interop.Sqlite;

/// <summary>
/// A compiled statement: bind (indexes from 1), step, read columns (indexes from 0), reset, again. Nothing is allocated
/// per row. Spans returned for columns die at the next <see cref="Step"/>, <see cref="Reset"/> or disposal.
/// </summary>
public sealed unsafe class SqliteStatement : SafeHandle
{
    // Keeps the connection alive as long as its statements are.
    private readonly SqliteDatabase _database;

    internal SqliteStatement(nint statement, SqliteDatabase database)
        : base(0, ownsHandle: true)
    {
        _database = database;
        SetHandle(statement);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The connection that this statement belongs to.</summary>
    public SqliteDatabase Database => _database;

    /// <summary>Columns of a result row.</summary>
    public int ColumnCount => Sqlite.ColumnCount(handle);

    /// <summary>Binds an integer.</summary>
    public SqliteCode Bind(int index, long value) => Code(Sqlite.BindInt64(handle, index, value));

    /// <summary>Binds a floating point number.</summary>
    public SqliteCode Bind(int index, double value) => Code(Sqlite.BindDouble(handle, index, value));

    /// <summary>Binds NULL.</summary>
    public SqliteCode BindNull(int index) => Code(Sqlite.BindNull(handle, index));

    /// <summary>Binds UTF-8 text; SQLite keeps a copy. An empty span is the empty string, not NULL.</summary>
    public SqliteCode BindText(int index, ReadOnlySpan<byte> utf8)
    {
        fixed (byte* p = utf8)
        {
            byte none;
            return Code(Sqlite.BindText(handle, index, p == null ? &none : p, utf8.Length, Sqlite.Transient));
        }
    }

    /// <summary>Binds bytes; SQLite keeps a copy. An empty span is an empty blob, not NULL.</summary>
    public SqliteCode BindBlob(int index, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            byte none;
            return Code(Sqlite.BindBlob(handle, index, p == null ? &none : p, bytes.Length, Sqlite.Transient));
        }
    }

    /// <summary>
    /// Binds UTF-8 text without copying: <paramref name="utf8"/> points to unmanaged or pinned memory that stays as it is
    /// until the statement is reset and bound anew.
    /// </summary>
    public SqliteCode BindTextInPlace(int index, nint utf8, int length) =>
        Code(Sqlite.BindTextInPlace(handle, index, (byte*)utf8, length, 0));

    /// <summary>Binds bytes without copying; the rules of <see cref="BindTextInPlace"/> apply.</summary>
    public SqliteCode BindBlobInPlace(int index, nint bytes, int length) =>
        Code(Sqlite.BindBlobInPlace(handle, index, (byte*)bytes, length, 0));

    /// <summary>Runs up to the next row: <see cref="SqliteCode.Row"/>, <see cref="SqliteCode.Done"/>, or a failure.</summary>
    public SqliteCode Step() => Code(Sqlite.Step(handle));

    /// <summary>Makes the statement ready to run again; bindings stay. The result repeats the failure of the last step, if any.</summary>
    public SqliteCode Reset() => Code(Sqlite.Reset(handle));

    /// <summary>Sets all parameters to NULL.</summary>
    public SqliteCode ClearBindings() => IsInvalid ? SqliteCode.Misuse : Code(Sqlite.ClearBindings(handle));

    /// <summary>Steps a statement that returns no rows, and resets it.</summary>
    /// <returns>Ok, or the failure.</returns>
    public SqliteCode Run()
    {
        SqliteCode code = Step();
        SqliteCode reset = Reset();
        return code is SqliteCode.Done or SqliteCode.Row ? reset : code;
    }

    /// <summary>Storage class of a column of the current row.</summary>
    public SqliteColumnType ColumnType(int column) => (SqliteColumnType)Sqlite.ColumnType(handle, column);

    /// <summary>Is the column NULL?</summary>
    public bool IsNull(int column) => ColumnType(column) == SqliteColumnType.Null;

    /// <summary>Column as an integer; 0 for NULL.</summary>
    public long ColumnInt64(int column) => Sqlite.ColumnInt64(handle, column);

    /// <summary>Column as a floating point number; 0 for NULL.</summary>
    public double ColumnDouble(int column) => Sqlite.ColumnDouble(handle, column);

    /// <summary>Column as UTF-8 text; empty for NULL.</summary>
    public ReadOnlySpan<byte> ColumnText(int column)
    {
        // The pointer first: asking for it may convert the value and so change its length.
        byte* p = Sqlite.ColumnText(handle, column);
        return p == null ? default : new ReadOnlySpan<byte>(p, Sqlite.ColumnBytes(handle, column));
    }

    /// <summary>Column as bytes; empty for NULL and for an empty blob.</summary>
    public ReadOnlySpan<byte> ColumnBlob(int column)
    {
        byte* p = Sqlite.ColumnBlob(handle, column);
        return p == null ? default : new ReadOnlySpan<byte>(p, Sqlite.ColumnBytes(handle, column));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // The result repeats an old failure of the statement; the release itself cannot fail.
        _ = Sqlite.Finalize(handle);
        handle = 0;
        return true;
    }

    private SqliteCode Code(int rc)
    {
        GC.KeepAlive(this);
        return (SqliteCode)(rc & 0xff);
    }
}
