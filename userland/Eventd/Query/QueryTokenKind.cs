// SPDX-License-Identifier: MIT
namespace Eventd.Query;

/// <summary>Kinds of <see cref="QueryToken"/>.</summary>
internal enum QueryTokenKind
{
    /// <summary>Behind the last token.</summary>
    End,

    /// <summary>Keyword, name, pattern, number or time.</summary>
    Word,

    /// <summary>Quoted text.</summary>
    String,

    /// <summary>Operator or punctuation.</summary>
    Symbol,
}
