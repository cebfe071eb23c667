// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Rsi;

/// <summary>One global hive that a source offers at registration.</summary>
/// <param name="Name">Spelling to register; routing ignores case.</param>
/// <param name="RootGuid">Sixteen raw bytes, never nil.</param>
public readonly record struct RsiHive(string Name, ReadOnlyMemory<byte> RootGuid);
