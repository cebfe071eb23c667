// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace Peios.Security;

/// <summary>Asks the kernel who may do what; no daemon compares SIDs to decide (AUTH-010).</summary>
public static class AccessCheck
{
    private const int MaxContext = 256;

    /// <summary>Checks <paramref name="desired"/> of a token against a descriptor.</summary>
    /// <param name="device">The device.</param>
    /// <param name="token">Subject with TOKEN_QUERY; null is the calling thread's effective token.</param>
    /// <param name="descriptor">Self-relative descriptor.</param>
    /// <param name="desired">Rights; may hold generic bits and MAXIMUM_ALLOWED.</param>
    /// <param name="mapping">The object type's generic rights.</param>
    /// <param name="context">Object and operation for audit events; cut after 256 bytes.</param>
    /// <param name="self">What PRINCIPAL_SELF stands for; none matches nothing.</param>
    /// <param name="intent">1 backup, 2 restore.</param>
    public static AccessVerdict Check(
        KacsDevice device, Fd? token, ReadOnlySpan<byte> descriptor, uint desired, in GenericMapping mapping,
        string context, in Sid self = default, uint intent = 0)
    {
        Span<byte> selfBytes = stackalloc byte[Sid.MaxBinaryLength];
        Span<byte> contextBytes = stackalloc byte[MaxContext];
        KacsAccessRequest request = Request(token, descriptor, desired, mapping, Cut(context, contextBytes));
        request.SelfSid = selfBytes[..self.Write(selfBytes)];
        request.PrivilegeIntent = intent;
        Errno error = device.AccessCheck(request, out uint granted);
        return new AccessVerdict(error, granted);
    }

    /// <summary>The same check and audit events, and for each of the 32 rights what decided it (KACS-AC-204, KACS-AC-205).</summary>
    /// <param name="device">The device.</param>
    /// <param name="token">Subject with TOKEN_QUERY; null is the calling thread's effective token.</param>
    /// <param name="descriptor">Self-relative descriptor.</param>
    /// <param name="desired">Rights; may hold generic bits and MAXIMUM_ALLOWED.</param>
    /// <param name="mapping">The object type's generic rights.</param>
    /// <param name="context">Object and operation for audit events; cut after 256 bytes.</param>
    /// <param name="decisions">Receives an entry per right, by bit number.</param>
    /// <param name="intent">1 backup, 2 restore.</param>
    public static AccessVerdict Explain(
        KacsDevice device, Fd? token, ReadOnlySpan<byte> descriptor, uint desired, in GenericMapping mapping,
        string context, Span<KacsDecision> decisions, uint intent = 0)
    {
        Span<byte> contextBytes = stackalloc byte[MaxContext];
        KacsAccessRequest request = Request(token, descriptor, desired, mapping, Cut(context, contextBytes));
        request.PrivilegeIntent = intent;
        Errno error = device.Explain(request, decisions, out uint granted);
        return new AccessVerdict(error, granted);
    }

    /// <summary>
    /// Checks an object and its parts, such as the fields of a record (KACS-AC-008). None: decided, see
    /// <paramref name="allowed"/>; any error denies everything.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="token">Subject with TOKEN_QUERY.</param>
    /// <param name="descriptor">Self-relative descriptor.</param>
    /// <param name="desired">Rights.</param>
    /// <param name="mapping">The object type's generic rights.</param>
    /// <param name="context">Object and operation for audit events; cut after 256 bytes.</param>
    /// <param name="nodes">The object, then its parts.</param>
    /// <param name="allowed">Receives the decision for each node.</param>
    public static Errno CheckList(
        KacsDevice device, Fd token, ReadOnlySpan<byte> descriptor, uint desired, in GenericMapping mapping, string context,
        ReadOnlySpan<KacsObjectNode> nodes, Span<bool> allowed)
    {
        Span<byte> contextBytes = stackalloc byte[MaxContext];
        KacsAccessRequest request = Request(token, descriptor, desired, mapping, Cut(context, contextBytes));
        return device.AccessCheckList(request, nodes, allowed);
    }

    private static KacsAccessRequest Request(Fd? token, ReadOnlySpan<byte> descriptor, uint desired, in GenericMapping mapping, ReadOnlySpan<byte> context) => new()
    {
        Token = token,
        SecurityDescriptor = descriptor,
        Desired = desired,
        GenericRead = mapping.Read,
        GenericWrite = mapping.Write,
        GenericExecute = mapping.Execute,
        GenericAll = mapping.All,
        AuditContext = context,
    };

    /// <summary>TryGetBytes would write nothing for a long text; Convert fills what fits.</summary>
    private static ReadOnlySpan<byte> Cut(string context, Span<byte> buffer)
    {
        Encoding.UTF8.GetEncoder().Convert(context, buffer, true, out _, out int length, out _);
        return buffer[..length];
    }
}
