// SPDX-License-Identifier: MIT
namespace Peios.Registry;

/// <summary>One change reported by a watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Name">Value or child concerned; empty where the event has none.</param>
/// <param name="Path">Components from the watched key down to the changed one; empty for the watched key itself.</param>
public readonly record struct WatchEvent(WatchEventType Type, string Name, string[] Path);
