// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Authd.Minting;

/// <summary>A live token and its session. Closing the only descriptor ends both.</summary>
/// <param name="Fd">Descriptor with every right.</param>
/// <param name="SessionId">Its logon session.</param>
/// <param name="Guid">Identifies it in events.</param>
internal sealed record MintedToken(Fd Fd, ulong SessionId, Guid Guid) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Fd.Dispose();
}
