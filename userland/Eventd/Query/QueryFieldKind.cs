// SPDX-License-Identifier: MIT
namespace Eventd.Query;

/// <summary>Value kinds of a <see cref="QueryField"/>.</summary>
internal enum QueryFieldKind
{
    /// <summary>Whole number.</summary>
    Integer,

    /// <summary>Nanoseconds since the Unix epoch; time literals compare with it.</summary>
    Time,

    /// <summary>Origin class; has names (EVT-167).</summary>
    Origin,

    /// <summary>Text, compared without regard to case (EVT-155).</summary>
    Text,

    /// <summary>16 bytes, written as GUID text (EVT-152).</summary>
    Guid,

    /// <summary>True or false, 1 or 0 (EVT-175).</summary>
    Boolean,
}
