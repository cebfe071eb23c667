// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tools.Frame;

/// <summary>What a command gets: its arguments and the only ways to say something.</summary>
internal sealed class ToolContext(ITool tool, ParsedArguments arguments, TextWriter output, TextWriter error)
{
    /// <summary>Names and events hold any text; JSON is read by programs, so only what JSON itself needs is escaped.</summary>
    internal static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _binary = Stream.Null;

    /// <summary>The parsed command line.</summary>
    public ParsedArguments Arguments { get; } = arguments;

    /// <summary>Operands, in order.</summary>
    public IReadOnlyList<string> Operands => Arguments.Operands;

    /// <summary>Standard output, buffered; flushed at the end.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Standard output for formats that are not text; what <see cref="Out"/> holds comes first.</summary>
    public Stream Binary
    {
        get
        {
            Out.Flush();
            return _binary;
        }

        init => _binary = value;
    }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary><c>--json</c>: tables and prose stay away from standard output.</summary>
    public bool Json => Arguments.Has(CommonOptions.Json);

    /// <summary><c>--raw</c>: show SIDs, not names.</summary>
    public bool Raw => Arguments.Has(CommonOptions.Raw);

    /// <summary>Use colours on standard output; never with JSON.</summary>
    public bool UseColour { get; init; }

    /// <summary>Standard output is a terminal.</summary>
    public bool OnTerminal { get; init; }

    /// <summary>Columns to fit tables into; 0: no terminal, nothing is cut.</summary>
    public int TerminalWidth { get; init; }

    /// <summary>Standard input, for the few commands that read it.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Can somebody be asked?</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Text from elsewhere: on a terminal without what would drive it, into files and pipes as it is.</summary>
    public string Safe(string text) => OnTerminal ? Table.Printable(text) : text;

    /// <summary>
    /// Asks before something that cannot be undone, unless <c>--yes</c> is given; off a terminal that is needed
    /// (CLI-010). Null: go on.
    /// </summary>
    public ExitCode? Confirm(string question)
    {
        if (Arguments.Has("--yes"))
        {
            return null;
        }

        if (!InputIsTerminal)
        {
            return Fail(ExitCode.Usage, "standard input is no terminal, so nobody can be asked: --yes", "USAGE");
        }

        Out.Flush();
        Error.Write($"{tool.Name}: {Table.Printable(question)} [y/N] ");
        Error.Flush();
        return Input.ReadLine() is "y" or "Y" or "yes" ? null : Fail(ExitCode.Failed, "nothing was changed", "CANCELLED");
    }

    /// <summary>Prints a table.</summary>
    public void Write(Table table) => table.Print(Out, !Arguments.Has(CommonOptions.NoHeader), UseColour, TerminalWidth);

    /// <summary>Prints one JSON document and LF; call it once, or once per object of a stream (CLI-005).</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonOptions))
        {
            write(writer);
        }
        Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>
    /// Reports a failure (CLI-007) and hands back the exit code: <c>return context.Fail(…)</c>.
    /// <paramref name="code"/> is the errno name or protocol code for <c>--json</c>.
    /// </summary>
    public ExitCode Fail(ExitCode exit, string message, string? code = null)
    {
        Out.Flush();
        Error.WriteLine($"{tool.Name}: {Table.Printable(message)}");
        if (Json)
        {
            ArrayBufferWriter<byte> buffer = new();
            using (Utf8JsonWriter writer = new(buffer, JsonOptions))
            {
                writer.WriteStartObject();
                writer.WriteStartObject("error");
                writer.WriteString("code", code ?? exit.ToString());
                writer.WriteString("message", message);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            Error.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
        return exit;
    }

    /// <summary>A remark that is no failure, on standard error.</summary>
    public void Warn(string message)
    {
        Out.Flush();
        Error.WriteLine($"{tool.Name}: {Table.Printable(message)}");
    }
}
