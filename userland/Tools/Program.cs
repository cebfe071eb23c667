// SPDX-License-Identifier: MIT
using System;

Console.Error.WriteLine("peios-tools: not built yet");
return 1;
