// SPDX-License-Identifier: MIT
using System;
using Registryd;
using Registryd.Offline;

const int UsageError = 2;

CommandLine? command = CommandLine.Parse(args, out string error);
if (command is null)
{
    Console.Error.WriteLine("registryd: " + error);
    Console.Error.WriteLine(CommandLine.Usage);
    return UsageError;
}

switch (command.Mode)
{
    case RunMode.Help:
        Console.Out.WriteLine(CommandLine.Usage);
        return 0;
    case RunMode.Import:
        return TomlImport.Run(command.ImportFile!, command.Hives[0]);
    case RunMode.Inspect:
        return Inspector.Run(command.Hives, Console.Out);
    case RunMode.Recover:
        return Recovery.Recover(command.Hives);
    case RunMode.Clear:
        return Recovery.Clear(command.Hives);
    default:
        return Server.Run(command.Hives);
}
