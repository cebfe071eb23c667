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
        // TryGetBytes would write nothing for a long text; Convert fills what fits.
        Encoding.UTF8.GetEncoder().Convert(context, contextBytes, true, out _, out int contextLength, out _);
        KacsAccessRequest request = new()
        {
            Token = token,
            SecurityDescriptor = descriptor,
            Desired = desired,
            GenericRead = mapping.Read,
            GenericWrite = mapping.Write,
            GenericExecute = mapping.Execute,
            GenericAll = mapping.All,
            SelfSid = selfBytes[..self.Write(selfBytes)],
            PrivilegeIntent = intent,
            AuditContext = contextBytes[..contextLength],
        };
        Errno error = device.AccessCheck(request, out uint granted);
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
        Encoding.UTF8.GetEncoder().Convert(context, contextBytes, true, out _, out int contextLength, out _);
        KacsAccessRequest request = new()
        {
            Token = token,
            SecurityDescriptor = descriptor,
            Desired = desired,
            GenericRead = mapping.Read,
            GenericWrite = mapping.Write,
            GenericExecute = mapping.Execute,
            GenericAll = mapping.All,
            AuditContext = contextBytes[..contextLength],
        };
        return device.AccessCheckList(request, nodes, allowed);
    }
}
