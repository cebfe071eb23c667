// SPDX-License-Identifier: MIT
using Xunit;

namespace Peios.Tests;

/// <summary>Tests that measure the whole process: nothing runs beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;
