// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Tools.Sd;

/// <summary>An ACE to be added.</summary>
/// <param name="Type">Allow, deny or audit, with a condition the callback type of it.</param>
/// <param name="Flags">Inheritance, and which outcomes are audited.</param>
/// <param name="Mask">Rights, generic ones mapped.</param>
/// <param name="Sid">Whom it concerns.</param>
/// <param name="Condition">Byte-code, or empty.</param>
internal readonly record struct AceEdit(AceType Type, AceFlags Flags, uint Mask, Sid Sid, byte[] Condition);
