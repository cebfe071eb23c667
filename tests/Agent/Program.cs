// SPDX-License-Identifier: MIT
using System;

Console.Error.WriteLine("peios-agent: not built yet");
return 1;
