// SPDX-License-Identifier: MIT
namespace Peios.Toml;

/// <summary>What a TOML value is.</summary>
public enum TomlKind
{
    /// <summary>Text.</summary>
    String,

    /// <summary>64-bit signed integer.</summary>
    Integer,

    /// <summary>IEEE 754 double.</summary>
    Float,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>Date and time with offset; kept as text.</summary>
    OffsetDateTime,

    /// <summary>Date and time without offset; kept as text.</summary>
    LocalDateTime,

    /// <summary>Date; kept as text.</summary>
    LocalDate,

    /// <summary>Time of day; kept as text.</summary>
    LocalTime,

    /// <summary>Array of values.</summary>
    Array,

    /// <summary>Table of named values.</summary>
    Table,
}
