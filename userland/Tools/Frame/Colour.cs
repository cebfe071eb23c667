// SPDX-License-Identifier: MIT
namespace Tools.Frame;

/// <summary>Terminal colours; whether to use them is decided once, in <see cref="ToolHost"/> (CLI-004).</summary>
internal static class Colour
{
    /// <summary>Bold.</summary>
    public static string Bold(string text) => $"\e[1m{text}\e[0m";

    /// <summary>Green: fine.</summary>
    public static string Green(string text) => $"\e[32m{text}\e[0m";

    /// <summary>Yellow: look at it.</summary>
    public static string Yellow(string text) => $"\e[33m{text}\e[0m";

    /// <summary>Red: broken or refused.</summary>
    public static string Red(string text) => $"\e[31m{text}\e[0m";
}
