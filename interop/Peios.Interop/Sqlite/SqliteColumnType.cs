// SPDX-License-Identifier: MIT
namespace Peios.Interop.Sqlite;

/// <summary>Storage class of one result column (SQLite's own numbers).</summary>
public enum SqliteColumnType
{
    /// <summary>64-bit signed integer.</summary>
    Integer = 1,

    /// <summary>64-bit floating point number.</summary>
    Float = 2,

    /// <summary>UTF-8 text.</summary>
    Text = 3,

    /// <summary>Bytes.</summary>
    Blob = 4,

    /// <summary>SQL NULL.</summary>
    Null = 5,
}
