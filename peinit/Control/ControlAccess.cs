// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peinit.Output;
using Peinit.Shell;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

namespace Peinit.Control;

/// <summary>
/// Who may do what on the control socket: the peer's token, captured at connect, against a descriptor, and nothing else
/// (PEINIT-151 to PEINIT-154, PEINIT-451).
/// </summary>
internal sealed class ControlAccess(Supervisor supervisor, KacsDevice device, EventReporter events)
{
    private readonly DenialBudget _budget = new();

    /// <summary>Descriptor for shutdown and reload-config; replaced when the registry value changes (PEINIT-149).</summary>
    internal byte[] ControlSecurity { get; set; } = ControlRights.DefaultControl;

    /// <summary>The peer's token and user (PEINIT-377).</summary>
    internal Result<PeerIdentity> Identify(UnixSocket socket)
    {
        if (!Token.OpenPeer(device, socket.Fd).TryGet(out Token? token, out Errno error))
        {
            return error;
        }

        if (token.User().TryGet(out Sid user, out error))
        {
            return new PeerIdentity(token.Fd, user.ToString());
        }

        token.Dispose();
        return error;
    }

    /// <summary>Checks a right on a service; a denial is logged and raises access.denied (PEINIT-153).</summary>
    internal bool MayService(PeerIdentity peer, Service service, uint right)
    {
        if (CheckService(peer, service, right))
        {
            return true;
        }

        Denied(peer, service.Name, ControlRights.NameOf(right, control: false));
        return false;
    }

    /// <summary>Checks SERVICE_QUERY_STATUS for a list; what is filtered is no denial (PEINIT-399).</summary>
    internal bool MaySee(PeerIdentity peer, Service service) => CheckService(peer, service, ControlRights.QueryStatus);

    /// <summary>Checks a right on peinit itself.</summary>
    internal bool MayControl(PeerIdentity peer, uint right)
    {
        if (Check(peer, ControlSecurity, right, ControlRights.Control, "peinit:control"))
        {
            return true;
        }

        Denied(peer, "peinit", ControlRights.NameOf(right, control: true));
        return false;
    }

    private bool CheckService(PeerIdentity peer, Service service, uint right)
    {
        byte[] descriptor = (service.Model ?? service.Activation)?.Security ?? ControlRights.DefaultService;
        return Check(peer, descriptor, right, ControlRights.Service, "peinit:service:" + service.Name);
    }

    private bool Check(PeerIdentity peer, byte[] descriptor, uint right, in GenericMapping mapping, string context)
    {
        // Without a token there is no subject; the device would take ours.
        if (peer.Token is null)
        {
            return false;
        }

        AccessVerdict verdict = AccessCheck.Check(device, peer.Token, descriptor, right, mapping, context);
        if (!verdict.IsAllowed && !verdict.IsDenied)
        {
            supervisor.Log.Error($"access check for {context} failed, denied: {verdict.Error}");
        }

        return verdict.IsAllowed;
    }

    private void Denied(PeerIdentity peer, string target, string right)
    {
        if (!_budget.Take(peer.Name, Clock.Monotonic, out long omitted))
        {
            return;
        }

        string more = omitted > 0 ? $" ({omitted} refusals before it were not recorded)" : string.Empty;
        supervisor.Log.Record($"access denied: {peer.Name} asked for {right} on {target}{more}", isError: true);
        Span<byte> sid = stackalloc byte[Sid.MaxBinaryLength];
        int length = Sid.TryParse(peer.Name, out Sid user) ? user.Write(sid) : 0;
        events.AccessDenied(sid[..length], target, right, omitted);
    }
}
