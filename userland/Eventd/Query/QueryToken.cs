// SPDX-License-Identifier: MIT
using System;

namespace Eventd.Query;

/// <summary>A piece of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; for a string, what is between the quotes.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Text)
{
    /// <summary>Is it this keyword, in any case?</summary>
    internal bool Is(string keyword) => Kind == QueryTokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>Is it this symbol?</summary>
    internal bool IsSymbol(string symbol) => Kind == QueryTokenKind.Symbol && Text == symbol;
}
