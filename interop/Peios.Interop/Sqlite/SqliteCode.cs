// SPDX-License-Identifier: MIT
namespace Peios.Interop.Sqlite;

/// <summary>SQLite's primary result codes, as values: nothing in the binding throws for them.</summary>
public enum SqliteCode
{
    /// <summary>Success.</summary>
    Ok = 0,

    /// <summary>SQL error or a missing table or column.</summary>
    Error = 1,

    /// <summary>Internal logic error in SQLite.</summary>
    Internal = 2,

    /// <summary>Access permission denied.</summary>
    Permission = 3,

    /// <summary>A callback asked for an abort.</summary>
    Abort = 4,

    /// <summary>The database file is locked by another connection.</summary>
    Busy = 5,

    /// <summary>A table is locked by this connection.</summary>
    Locked = 6,

    /// <summary>An allocation failed.</summary>
    NoMemory = 7,

    /// <summary>Write on a read-only database.</summary>
    ReadOnly = 8,

    /// <summary>Stopped by <see cref="SqliteDatabase.Interrupt"/> or by a deadline.</summary>
    Interrupt = 9,

    /// <summary>Operating system I/O error.</summary>
    IoError = 10,

    /// <summary>The database file is damaged.</summary>
    Corrupt = 11,

    /// <summary>Unknown opcode or missing file part.</summary>
    NotFound = 12,

    /// <summary>Disk or database full.</summary>
    Full = 13,

    /// <summary>The file cannot be opened.</summary>
    CantOpen = 14,

    /// <summary>Locking protocol error.</summary>
    Protocol = 15,

    /// <summary>The schema changed under a statement.</summary>
    Schema = 17,

    /// <summary>String or blob beyond the size limit.</summary>
    TooBig = 18,

    /// <summary>A constraint was violated.</summary>
    Constraint = 19,

    /// <summary>Data type mismatch.</summary>
    Mismatch = 20,

    /// <summary>The library was used wrongly, for example after disposal.</summary>
    Misuse = 21,

    /// <summary>Parameter index out of range.</summary>
    Range = 25,

    /// <summary>The file is not a database.</summary>
    NotADatabase = 26,

    /// <summary>A step produced a row.</summary>
    Row = 100,

    /// <summary>A step finished the statement.</summary>
    Done = 101,
}
