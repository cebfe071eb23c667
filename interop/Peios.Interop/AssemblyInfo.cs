// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Peios.Ipc")]
[assembly: InternalsVisibleTo("peinit")]
[assembly: InternalsVisibleTo("Tests.Managed")]
