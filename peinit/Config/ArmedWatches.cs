// SPDX-License-Identifier: MIT
using Peios.Registry;

namespace Peinit.Config;

/// <summary>
/// The two watches of PEINIT-164, and those of the keys that services inherit a descriptor from (PEINIT-149); armed on
/// the worker and read in the loop.
/// </summary>
/// <param name="Services">Subtree of the definitions, or null.</param>
/// <param name="Init">peinit's own settings, or null when there are none.</param>
/// <param name="Above">Values of the ancestors of the definitions; null where there is no watch.</param>
internal sealed record ArmedWatches(RegistryWatch? Services, RegistryWatch? Init, RegistryWatch?[] Above);
