// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Sqlite;

/// <summary>How a database file is opened. Connections are never shared between threads (SQLite's "no mutex" mode).</summary>
[Flags]
public enum SqliteOpenFlags
{
    /// <summary>Queries only; the file must exist.</summary>
    ReadOnly = 0x1,

    /// <summary>Queries and changes; the file must exist.</summary>
    ReadWrite = 0x2,

    /// <summary>Create the file when it is missing; together with <see cref="ReadWrite"/>.</summary>
    Create = 0x4,

    /// <summary>Names in ATTACH may be <c>file:</c> URIs.</summary>
    Uri = 0x40,
}
