// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Kacs;

/// <summary>One node of an object type list (KACS-AC-020): parts of an object that are granted one by one.</summary>
/// <param name="Level">0 for the object itself, 1 for its parts.</param>
/// <param name="Guid">What object ACEs name.</param>
public readonly record struct KacsObjectNode(ushort Level, Guid Guid);
