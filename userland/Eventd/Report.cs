// SPDX-License-Identifier: MIT
using System;

namespace Eventd;

/// <summary>
/// What eventd says about itself goes to its standard error, which peinit collects; its own log store may be what is
/// failing.
/// </summary>
internal static class Report
{
    /// <summary>One line about a failure.</summary>
    internal static void Error(string message) => Console.Error.WriteLine($"eventd: {message}");

    /// <summary>One line of information.</summary>
    internal static void Info(string message) => Console.Error.WriteLine($"eventd: {message}");
}
