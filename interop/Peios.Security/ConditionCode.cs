// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>Byte codes of conditional expressions (KACS-FMT-133 to KACS-FMT-138) and their SDDL words.</summary>
internal static class ConditionCode
{
    public const byte Int8 = 0x01;
    public const byte Int64 = 0x04;
    public const byte String = 0x10;
    public const byte Octets = 0x18;
    public const byte Composite = 0x50;
    public const byte Sid = 0x51;
    public const byte Exists = 0x87;
    public const byte NotExists = 0x8D;
    public const byte And = 0xA0;
    public const byte Or = 0xA1;
    public const byte Not = 0xA2;
    public const byte LocalAttribute = 0xF8;
    public const byte DeviceAttribute = 0xFB;

    /// <summary>Attribute prefixes; the index is the code above <see cref="LocalAttribute"/>.</summary>
    public static readonly string[] Prefixes = ["@Local.", "@User.", "@Resource.", "@Device."];

    /// <summary>Operators between an attribute and an operand. Longer spellings precede their own beginnings.</summary>
    public static readonly (string Word, byte Code)[] Infix =
    [
        ("==", 0x80), ("!=", 0x81), ("<=", 0x83), ("<", 0x82), (">=", 0x85), (">", 0x84),
        ("Contains", 0x86), ("Any_of", 0x88), ("Not_Contains", 0x8E), ("Not_Any_of", 0x8F),
    ];

    /// <summary>Operators before a set of SIDs.</summary>
    public static readonly (string Word, byte Code)[] Membership =
    [
        ("Member_of", 0x89), ("Device_Member_of", 0x8A), ("Member_of_Any", 0x8B), ("Device_Member_of_Any", 0x8C),
        ("Not_Member_of", 0x90), ("Not_Device_Member_of", 0x91), ("Not_Member_of_Any", 0x92), ("Not_Device_Member_of_Any", 0x93),
    ];

    /// <summary>The four bytes every program starts with.</summary>
    public static ReadOnlySpan<byte> Magic => "artx"u8;

    /// <summary>The word of an operator, or null.</summary>
    public static string? WordOf((string Word, byte Code)[] table, byte code)
    {
        foreach ((string word, byte known) in table)
        {
            if (known == code)
            {
                return word;
            }
        }
        return null;
    }

    /// <summary>Characters of attribute names that need no %XXXX (KACS-FMT-161).</summary>
    public static bool IsPlainNameCharacter(char c) => char.IsLetterOrDigit(c) || c is ':' or '.' or '/' or '_';
}
