// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Eventd.Access;

/// <summary>Asks the kernel with the token that the client had when it connected.</summary>
internal sealed class KacsJudge(KacsDevice device) : IAccessJudge
{
    /// <summary>EVENTD_READ (EVT-223).</summary>
    internal const uint Read = 0x0001;

    /// <summary>Generic rights of events, logs and metrics (EVT-223).</summary>
    internal static readonly GenericMapping Mapping = new(0x0002_0001, 0x0002_0002, 0x0002_0001, 0x000F_0003);

    /// <inheritdoc/>
    public Result<IAccessSubject> Open(Fd connection)
    {
        if (!Token.OpenPeer(device, connection).TryGet(out Token? token, out Errno error))
        {
            return error;
        }

        if (token.User().TryGet(out Sid user, out error))
        {
            return new Subject(device, token, user.ToString());
        }

        token.Dispose();
        return error;
    }

    private sealed class Subject(KacsDevice device, Token token, string user) : IAccessSubject
    {
        public string User => user;

        public Errno Check(ReadOnlySpan<byte> descriptor, string context, ReadOnlySpan<KacsObjectNode> nodes, Span<bool> allowed)
        {
            Errno error = AccessCheck.CheckList(device, token.Fd, descriptor, Read, Mapping, context, nodes, allowed);
            return error == Errno.EACCES ? Errno.None : error; // a closed gate: decided, and nothing is granted
        }

        public void Dispose() => token.Dispose();
    }
}
