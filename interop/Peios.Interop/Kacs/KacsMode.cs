// SPDX-License-Identifier: MIT
namespace Peios.Interop.Kacs;

/// <summary>Mode the module was loaded in.</summary>
public enum KacsMode
{
    /// <summary>Devices only; nothing is attached.</summary>
    Off = 0,

    /// <summary>Decide and record, allow everything.</summary>
    Audit = 1,

    /// <summary>Decide and deny once armed.</summary>
    Enforce = 2,
}
