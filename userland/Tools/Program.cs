// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using System.Text.Unicode;
using Peios.Interop;
using Tools.Frame;

Signals.Default();
// A closed pipe must be an error of the write, not a signal that ends the process (CLI-008).
using Fd? pipeSignal = Signals.Open([Signals.Pipe]).TryGet(out Fd? blocked) ? blocked : null;
using DescriptorStream outStream = new(1);
using DescriptorStream errorStream = new(2);
using DescriptorStream inStream = new(0, reads: true);
using StreamReader input = new(inStream, new UTF8Encoding(false), false, 1024);
StreamWriter output = new(outStream, new UTF8Encoding(false), 16384);
StreamWriter error = new(errorStream, new UTF8Encoding(false), 1024) { AutoFlush = true };
ToolHost host = new(output, error)
{
    Binary = outStream,
    IsTerminal = Files.IsTerminal(1),
    Columns = Terminal.Columns(1),
    Input = input,
    InputIsTerminal = Files.IsTerminal(0),
    Environment = Environment.GetEnvironmentVariable,
};
// The runtime puts U+FFFD for what is not UTF-8: another name than the one that was typed.
if (Array.Exists(args, argument => argument.Contains('\uFFFD', StringComparison.Ordinal))
    && !Utf8.IsValid(File.ReadAllBytes("/proc/self/cmdline")))
{
    error.WriteLine("peios-tools: an argument is not UTF-8");
    return (int)ExitCode.Usage;
}

string[] commandLine = Environment.GetCommandLineArgs();
try
{
    ExitCode code = host.Run(commandLine.Length > 0 ? commandLine[0] : "peios-tools", args);
    output.Flush();
    return (int)code;
}
catch (IOException) when (outStream.IsBroken || errorStream.IsBroken)
{
    return (int)ExitCode.Success;
}
catch (IOException e)
{
    // A full disk behind the redirection: the result is not complete, and saying so is all that is left.
    error.WriteLine($"peios-tools: cannot write: {e.Message}");
    return (int)ExitCode.Failed;
}
