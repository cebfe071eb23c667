// SPDX-License-Identifier: MIT
namespace Peios.Registry;

/// <summary>Types of a registry value (LCS-066). Data is opaque to the kernel; the types say how programs read it.</summary>
public enum RegistryValueType : uint
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>UTF-8 text.</summary>
    String = 1,

    /// <summary>UTF-8 text with variables to expand.</summary>
    ExpandString = 2,

    /// <summary>Bytes.</summary>
    Binary = 3,

    /// <summary>u32, little-endian.</summary>
    Dword = 4,

    /// <summary>u32, big-endian.</summary>
    DwordBigEndian = 5,

    /// <summary>Target path of a link.</summary>
    Link = 6,

    /// <summary>List of UTF-8 strings, each NUL-terminated, then a final NUL.</summary>
    MultiString = 7,

    /// <summary>Opaque.</summary>
    ResourceList = 8,

    /// <summary>Opaque.</summary>
    FullResourceDescriptor = 9,

    /// <summary>Opaque.</summary>
    ResourceRequirementsList = 10,

    /// <summary>u64, little-endian.</summary>
    Qword = 11,

    /// <summary>Only in writes: hides lower layers' values of the name (LCS-070).</summary>
    Tombstone = 0xFFFF,
}
