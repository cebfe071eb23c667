// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Authd.Minting;

/// <summary>Session first, then the token in it; a session that got no token is taken back (AUTH-040).</summary>
internal sealed class Minter(KacsDevice device)
{
    /// <summary>Makes a session of its own for the token (AUTH-041) and the token.</summary>
    public Result<MintedToken> Mint(TokenSpec spec, LogonType type, string package)
    {
        if (!TokenSpec.EncodeSession(type, package, spec.User).TryGet(out byte[]? session, out Errno error) ||
            !device.CreateLogonSession(session).TryGet(out ulong id, out error))
        {
            return error;
        }

        spec.SessionId = id;
        if (!spec.Encode().TryGet(out byte[]? bytes, out error) || !device.CreateToken(bytes).TryGet(out Fd? fd, out error))
        {
            _ = device.DestroyEmptyLogonSession(id);
            return error;
        }

        Token token = new(fd);
        if (token.Statistics().TryGet(out TokenStatistics statistics, out error))
        {
            return new MintedToken(fd, id, statistics.TokenGuid);
        }

        // The session goes with its last token.
        token.Dispose();
        return error;
    }
}
