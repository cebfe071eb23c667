// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Security;

namespace Tools.Sd;

/// <summary>The rights of one type of object: names, generic mapping, and how masks are typed and shown (CLI-013).</summary>
internal sealed class ObjectRights
{
    private static readonly (string Name, uint Bit)[] s_standard =
    [
        ("DELETE", AccessMask.Delete), ("READ_CONTROL", AccessMask.ReadControl), ("WRITE_DAC", AccessMask.WriteDac),
        ("WRITE_OWNER", AccessMask.WriteOwner), ("SYNCHRONIZE", AccessMask.Synchronize), ("ACCESS_SYSTEM_SECURITY", AccessMask.AccessSystemSecurity),
        ("GENERIC_ALL", AccessMask.GenericAll), ("GENERIC_READ", AccessMask.GenericRead),
        ("GENERIC_WRITE", AccessMask.GenericWrite), ("GENERIC_EXECUTE", AccessMask.GenericExecute),
    ];

    private readonly (string Name, uint Bit)[] _names;

    private ObjectRights(SddlObjectKind kind, GenericMapping mapping, (string Name, uint Bit)[] names)
    {
        Kind = kind;
        Mapping = mapping;
        _names = [.. names, .. s_standard];
    }

    /// <summary>Files and directories.</summary>
    public static ObjectRights File { get; } = new(SddlObjectKind.File, GenericMapping.File,
    [
        ("FILE_READ_DATA", 0x1), ("FILE_WRITE_DATA", 0x2), ("FILE_APPEND_DATA", 0x4), ("FILE_READ_EA", 0x8), ("FILE_WRITE_EA", 0x10),
        ("FILE_EXECUTE", 0x20), ("FILE_DELETE_CHILD", 0x40), ("FILE_READ_ATTRIBUTES", 0x80), ("FILE_WRITE_ATTRIBUTES", 0x100),
    ]);

    /// <summary>Registry keys.</summary>
    public static ObjectRights Key { get; } = new(SddlObjectKind.RegistryKey, GenericMapping.RegistryKey,
    [
        ("KEY_QUERY_VALUE", 0x1), ("KEY_SET_VALUE", 0x2), ("KEY_CREATE_SUB_KEY", 0x4), ("KEY_ENUMERATE_SUB_KEYS", 0x8),
        ("KEY_NOTIFY", 0x10), ("KEY_CREATE_LINK", 0x20),
    ]);

    /// <summary>Services (PEINIT-145, PEINIT-147).</summary>
    public static ObjectRights Service { get; } = new(SddlObjectKind.Other, new GenericMapping(0x20001, 0x20000, 0x2000E, 0xF000F),
    [
        ("SERVICE_QUERY_STATUS", 0x1), ("SERVICE_START", 0x2), ("SERVICE_STOP", 0x4), ("SERVICE_INTERROGATE", 0x8),
    ]);

    /// <summary>Processes.</summary>
    public static ObjectRights Process { get; } = new(SddlObjectKind.Other, GenericMapping.Process,
    [
        ("PROCESS_TERMINATE", 0x1), ("PROCESS_SIGNAL", 0x2), ("PROCESS_VM_READ", 0x10), ("PROCESS_VM_WRITE", 0x20), ("PROCESS_DUP_HANDLE", 0x40),
        ("PROCESS_SET_INFORMATION", 0x200), ("PROCESS_QUERY_INFORMATION", 0x400), ("PROCESS_SUSPEND_RESUME", 0x800), ("PROCESS_QUERY_LIMITED", 0x1000),
    ]);

    /// <summary>Tokens.</summary>
    public static ObjectRights Token { get; } = new(SddlObjectKind.Other, GenericMapping.Token,
    [
        ("TOKEN_ASSIGN_PRIMARY", 0x1), ("TOKEN_DUPLICATE", 0x2), ("TOKEN_IMPERSONATE", 0x4), ("TOKEN_QUERY", 0x8), ("TOKEN_QUERY_SOURCE", 0x10),
        ("TOKEN_ADJUST_PRIVILEGES", 0x20), ("TOKEN_ADJUST_GROUPS", 0x40), ("TOKEN_ADJUST_DEFAULT", 0x80), ("TOKEN_ADJUST_INTERACTIVITY_SCOPE", 0x100),
    ]);

    /// <summary>Which composites SDDL uses.</summary>
    public SddlObjectKind Kind { get; }

    /// <summary>The generic rights.</summary>
    public GenericMapping Mapping { get; }

    /// <summary>The name of one bit.</summary>
    public string NameOf(uint bit)
    {
        foreach ((string name, uint known) in _names)
        {
            if (known == bit)
            {
                return name;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"0x{bit:x}");
    }

    /// <summary>The names of the bits of a mask.</summary>
    public List<string> Names(uint mask)
    {
        List<string> names = [];
        for (uint bit = 1; bit != 0; bit <<= 1)
        {
            if ((mask & bit) != 0)
            {
                names.Add(NameOf(bit));
            }
        }

        return names;
    }

    /// <summary>A mask in words: <c>full</c>, full but for one or two rights, or the generic rights it holds whole and the names of the rest.</summary>
    public string Describe(uint mask)
    {
        if (mask == Mapping.All || mask == AccessMask.GenericAll)
        {
            return "full";
        }

        uint missing = Mapping.All & ~mask;
        if ((mask & ~Mapping.All) == 0 && uint.PopCount(missing) <= 2)
        {
            return $"full but {string.Join(',', Names(missing))}";
        }

        List<string> words = [];
        uint rest = mask;
        foreach ((string word, uint generic, uint rights) in (ReadOnlySpan<(string, uint, uint)>)
            [("read", AccessMask.GenericRead, Mapping.Read), ("write", AccessMask.GenericWrite, Mapping.Write), ("execute", AccessMask.GenericExecute, Mapping.Execute)])
        {
            bool whole = rights != 0 && (mask & rights) == rights;
            if (whole || (mask & generic) != 0)
            {
                words.Add(word);
                rest &= ~(generic | (whole ? rights : 0));
            }
        }

        words.AddRange(Names(rest));
        return words.Count == 0 ? "none" : string.Join(',', words);
    }

    /// <summary>
    /// Reads PERMS: letters <c>rwxdmfco</c>, words, right names, masks, joined by commas; generic rights are mapped.
    /// </summary>
    public bool TryParse(string text, out uint mask)
    {
        mask = 0;
        foreach (string part in text.Split(','))
        {
            if (!TryPart(part, out uint bits))
            {
                mask = 0;
                return false;
            }

            mask |= bits;
        }

        return mask != 0;
    }

    private bool TryPart(string part, out uint mask)
    {
        foreach ((string name, uint bit) in _names)
        {
            if (name.Equals(part, StringComparison.OrdinalIgnoreCase))
            {
                mask = Mapping.Map(bit);
                return true;
            }
        }

        mask = Word(part);
        if (mask != 0)
        {
            return true;
        }

        if (part.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            bool valid = part.Length <= 10 && uint.TryParse(part.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mask);
            mask = Mapping.Map(mask);
            return valid && mask != 0;
        }

        foreach (char letter in part)
        {
            uint bits = Letter(letter);
            mask |= bits;
            if (bits == 0)
            {
                return false;
            }
        }

        return mask != 0;
    }

    private uint Word(string word) => word.ToLowerInvariant() switch
    {
        "read" => Mapping.Read,
        "write" => Mapping.Write,
        "execute" => Mapping.Execute,
        "delete" => AccessMask.Delete,
        "modify" => Letter('m'),
        "full" => Mapping.All,
        "change" => AccessMask.WriteDac,
        "own" => AccessMask.WriteOwner,
        _ => 0,
    };

    private uint Letter(char letter) => letter switch
    {
        'r' => Mapping.Read,
        'w' => Mapping.Write,
        'x' => Mapping.Execute,
        'd' => AccessMask.Delete,
        'm' => Mapping.Read | Mapping.Write | Mapping.Execute | AccessMask.Delete,
        'f' => Mapping.All,
        'c' => AccessMask.WriteDac,
        'o' => AccessMask.WriteOwner,
        _ => 0,
    };
}
