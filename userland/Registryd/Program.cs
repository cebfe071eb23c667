// SPDX-License-Identifier: MIT
using System;

Console.Error.WriteLine("registryd: not built yet");
return 1;
