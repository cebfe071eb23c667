// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Tests.Vm.Harness;

namespace Bench;

/// <summary>Timestamps of the kernel log on a console: under <c>-icount shift=0</c> a nanosecond is an instruction.</summary>
internal sealed class KernelLog
{
    private readonly string _text;

    /// <summary>Reads from the text of a console.</summary>
    public KernelLog(string text) => _text = text;

    /// <summary>Milliseconds, that is millions of instructions, between the first lines that contain two texts.</summary>
    public double Between(string from, string to) => At(to) - At(from);

    /// <summary>Numbers that follow a text, in order.</summary>
    public List<double> Values(string text) =>
        Regex.Matches(_text, Regex.Escape(text) + @" (\d+)").Select(m => Number(m.Groups[1].Value)).ToList();

    private double At(string text)
    {
        Match match = Regex.Match(_text, @"\[ *(\d+\.\d+)\][^\n]*" + Regex.Escape(text));
        return match.Success ? Number(match.Groups[1].Value) * 1000 : throw new GuestFailure($"no line '{text}' on the console");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
