// SPDX-License-Identifier: MIT
namespace Peios.Interop.Registry;

/// <summary>What a value query says beside the data.</summary>
/// <param name="Type">Value type code (LCS-066).</param>
/// <param name="DataLength">Bytes of data, also after ERANGE.</param>
/// <param name="LayerLength">Bytes of the layer's name, also after ERANGE.</param>
/// <param name="Sequence">Sequence of the winning entry.</param>
public readonly record struct ValueInfo(uint Type, uint DataLength, uint LayerLength, ulong Sequence);
