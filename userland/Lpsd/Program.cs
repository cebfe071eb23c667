// SPDX-License-Identifier: MIT
using System;
using Lpsd;

switch (args)
{
    case []:
        return Daemon.Run();
    case ["--check"]:
        return Daemon.Check();
    case ["--reset-admin"]:
        Console.Error.WriteLine("lpsd: --reset-admin needs passwords, which are not part of this version");
        return 2;
    default:
        Console.Error.WriteLine("usage: lpsd [--check]");
        return 2;
}
