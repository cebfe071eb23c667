using System;

Console.Error.WriteLine("peinit: not built yet");
return 1;
