// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>Who is at the other end of a connection, as the daemon established it at accept (AUTH-009).</summary>
public sealed class PeerIdentity : IDisposable
{
    /// <summary>Takes ownership of the token.</summary>
    /// <param name="token">The peer's token, or null where the daemon needs none.</param>
    /// <param name="name">What connections are counted by: the user SID as text.</param>
    public PeerIdentity(Fd? token, string name)
    {
        Token = token;
        Name = name;
    }

    /// <summary>The peer's token.</summary>
    public Fd? Token { get; }

    /// <summary>The user SID as text.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public void Dispose() => Token?.Dispose();
}
