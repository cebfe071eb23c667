using System;

Console.Error.WriteLine("registryd: not built yet");
return 1;
