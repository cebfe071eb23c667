// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Tests.Managed")]
[assembly: InternalsVisibleTo("eventbench")]
