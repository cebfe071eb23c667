using System;

Console.Error.WriteLine("lpsd: not built yet");
return 1;
