// SPDX-License-Identifier: MIT
namespace Peios.Events;

/// <summary>What kind of value comes next in a MessagePack stream.</summary>
public enum MsgPackType : byte
{
    /// <summary>The end of the bytes, or bytes that are no value.</summary>
    None,

    /// <summary>Nil.</summary>
    Nil,

    /// <summary>A boolean.</summary>
    Boolean,

    /// <summary>Any integer; see <see cref="MsgPackReader.TryReadInt64"/> and <see cref="MsgPackReader.TryReadUInt64"/>.</summary>
    Integer,

    /// <summary>A float of 32 or 64 bits.</summary>
    Float,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>An array.</summary>
    Array,

    /// <summary>A map.</summary>
    Map,

    /// <summary>An extension type, timestamps among them.</summary>
    Extension,
}
