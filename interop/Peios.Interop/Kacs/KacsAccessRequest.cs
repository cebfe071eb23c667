// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Kacs;

/// <summary>Arguments of a scalar access check (KACS-AC-007); what is left out is absent.</summary>
public ref struct KacsAccessRequest
{
    /// <summary>Subject token with TOKEN_QUERY; null: the calling thread's effective token.</summary>
    public Fd? Token;

    /// <summary>Self-relative descriptor of the object.</summary>
    public ReadOnlySpan<byte> SecurityDescriptor;

    /// <summary>Requested rights, generic bits and MAXIMUM_ALLOWED included.</summary>
    public uint Desired;

    /// <summary>What GENERIC_READ means for the object.</summary>
    public uint GenericRead;

    /// <summary>What GENERIC_WRITE means for the object.</summary>
    public uint GenericWrite;

    /// <summary>What GENERIC_EXECUTE means for the object.</summary>
    public uint GenericExecute;

    /// <summary>What GENERIC_ALL means for the object.</summary>
    public uint GenericAll;

    /// <summary>SID that PRINCIPAL_SELF stands for.</summary>
    public ReadOnlySpan<byte> SelfSid;

    /// <summary>Backup 1, restore 2.</summary>
    public uint PrivilegeIntent;

    /// <summary>Claim array visible as @Local.</summary>
    public ReadOnlySpan<byte> LocalClaims;

    /// <summary>Process protection type to evaluate for; 0: the caller's.</summary>
    public uint PipType;

    /// <summary>Process trust to evaluate for; 0: the caller's.</summary>
    public uint PipTrust;

    /// <summary>Names object and operation in audit events; at most 4,096 bytes.</summary>
    public ReadOnlySpan<byte> AuditContext;
}
