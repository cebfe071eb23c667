// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Eventd.Query;

/// <summary>
/// Asks the kernel with the token that the client had when it connected (EVT-236, EVT-238). One check a query, against
/// the descriptor of <c>*</c>; checks per type and field come with the rest of section 9.
/// </summary>
internal sealed class KacsQueryAccess(KacsDevice device, QuerySecurity security) : IQueryAccess
{
    private const uint Read = 0x0001;

    // EVT-223
    private static readonly GenericMapping Mapping = new(0x0002_0001, 0x0002_0002, 0x0002_0001, 0x000F_0003);

    /// <inheritdoc/>
    public Errno Check(Fd connection, bool logs)
    {
        if (!Token.OpenPeer(device, connection).TryGet(out Token? token, out Errno error))
        {
            return error;
        }

        using (token)
        {
            return AccessCheck.Check(
                device, token.Fd, logs ? security.Logs : security.Events, Read, Mapping, logs ? "logs:*" : "events:*").Error;
        }
    }
}
