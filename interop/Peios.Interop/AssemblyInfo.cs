// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Peios.Ipc")]
[assembly: InternalsVisibleTo("peinit")]
[assembly: InternalsVisibleTo("Peios.Registry")]
[assembly: InternalsVisibleTo("registryd")]
[assembly: InternalsVisibleTo("Tests.Managed")]
[assembly: InternalsVisibleTo("eventbench")]
[assembly: InternalsVisibleTo("peios-agent")]
