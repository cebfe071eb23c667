// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Tools.Frame;

// A stream of our own over the descriptor: Console's writer would flush every line, and Console input handling
// would install signal handlers. A closed pipe ends the output silently and the exit code stays (CLI-008).
using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(false), 16384);
using StreamWriter error = new(Console.OpenStandardError(), new UTF8Encoding(false), 1024) { AutoFlush = true };
bool terminal = !Console.IsOutputRedirected;
ToolHost host = new(output, error)
{
    IsTerminal = terminal,
    Columns = terminal ? Math.Max(40, Console.WindowWidth) : 80,
    Environment = Environment.GetEnvironmentVariable,
};
string[] commandLine = Environment.GetCommandLineArgs();
ExitCode code;
try
{
    code = host.Run(commandLine.Length > 0 ? commandLine[0] : "peios-tools", args);
    output.Flush();
}
catch (IOException e)
{
    // A full disk behind the redirection: the result is not complete, and saying so is all that is left.
    error.WriteLine($"peios-tools: cannot write: {e.Message}");
    code = ExitCode.Failed;
}
return (int)code;
