// SPDX-License-Identifier: MIT
using System;

namespace Peios.Tests;

/// <summary>Names the rules of docs/spec that a test proves; the test must fail when one of them is broken.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class RuleAttribute : Attribute
{
    /// <summary>Creates the citation of the given rule IDs, for example <c>KMES-012</c>.</summary>
    public RuleAttribute(params string[] ids) => Ids = ids;

    /// <summary>The cited rule IDs.</summary>
    public string[] Ids { get; }
}
