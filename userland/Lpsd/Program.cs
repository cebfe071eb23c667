// SPDX-License-Identifier: MIT
using System;

Console.Error.WriteLine("lpsd: not built yet");
return 1;
