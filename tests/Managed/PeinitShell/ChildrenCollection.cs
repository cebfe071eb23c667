// SPDX-License-Identifier: MIT
using Xunit;

namespace Peios.Tests.PeinitShell;

/// <summary>Tests that fork and count descriptors run alone.</summary>
[CollectionDefinition("children", DisableParallelization = true)]
public sealed class ChildrenCollection;
