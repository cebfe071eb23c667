// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;

namespace Tests.Managed.Security;

/// <summary>What the portable C core (the kernel's parser) says about bytes that the managed side reads too.</summary>
internal static unsafe class CoreFormats
{
    /// <summary>Far more than <c>struct kacs_sd</c>: its layout is the core's own business.</summary>
    private const int Room = 4096;

    private static readonly delegate* unmanaged<void*, byte*, uint, int> s_parse =
        (delegate* unmanaged<void*, byte*, uint, int>)CoreLibrary.Export("kacs_sd_parse");

    private static readonly delegate* unmanaged<byte*, uint, int> s_claim =
        (delegate* unmanaged<byte*, uint, int>)CoreLibrary.Export("kacs_claim_validate");

    private static readonly delegate* unmanaged<byte*, uint, int> s_claims =
        (delegate* unmanaged<byte*, uint, int>)CoreLibrary.Export("kacs_claims_validate");

    private static readonly delegate* unmanaged<byte*, uint, byte> s_sid =
        (delegate* unmanaged<byte*, uint, byte>)CoreLibrary.Export("kacs_sid_valid");

    private static readonly delegate* unmanaged<byte*, uint, byte> s_condition =
        (delegate* unmanaged<byte*, uint, byte>)CoreLibrary.Export("kacs_cond_valid");

    /// <summary>Is it a well-formed security descriptor?</summary>
    public static bool IsDescriptor(ReadOnlySpan<byte> bytes)
    {
        byte* sd = stackalloc byte[Room];
        fixed (byte* p = bytes)
        {
            return s_parse(sd, p, (uint)bytes.Length) == 0;
        }
    }

    /// <summary>Is it one claim entry?</summary>
    public static bool IsClaim(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            return s_claim(p, (uint)bytes.Length) == 0;
        }
    }

    /// <summary>Is it a claim array?</summary>
    public static bool IsClaimArray(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            return s_claims(p, (uint)bytes.Length) == 0;
        }
    }

    /// <summary>Is it one SID and nothing else?</summary>
    public static bool IsSid(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            return s_sid(p, (uint)bytes.Length) != 0;
        }
    }

    /// <summary>Is it a condition that can have an answer?</summary>
    public static bool IsCondition(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            return s_condition(p, (uint)bytes.Length) != 0;
        }
    }

    /// <summary>Do both sides think the same of these bytes as a descriptor?</summary>
    public static bool Agree(ReadOnlySpan<byte> bytes, out bool valid)
    {
        valid = SecurityDescriptor.TryRead(bytes, out _);
        return valid == IsDescriptor(bytes);
    }
}
