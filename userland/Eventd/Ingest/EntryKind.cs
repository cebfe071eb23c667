// SPDX-License-Identifier: MIT
namespace Eventd.Ingest;

/// <summary>What an entry of an <see cref="EventBlock"/> holds.</summary>
internal enum EntryKind : uint
{
    /// <summary>A KMES record, byte for byte.</summary>
    Event,

    /// <summary>A row of eventd's own, see <see cref="SyntheticEvent"/>.</summary>
    Synthetic,
}
