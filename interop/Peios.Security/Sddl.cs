// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Peios.Security;

/// <summary>The text form of security descriptors (KACS-FMT-150 to KACS-FMT-165).</summary>
public static class Sddl
{
    /// <summary>Longest text that is looked at; no descriptor of 65,535 bytes needs as much.</summary>
    public const int MaxTextLength = 1 << 20;

    /// <summary>
    /// The control bits that text carries beside what follows from its parts. The others (defaulted, trusted, server
    /// security, resource manager) decide nothing and have no letters.
    /// </summary>
    public const SdControl ControlBits =
        SdControl.SelfRelative | SdControl.DaclPresent | SdControl.SaclPresent |
        SdControl.DaclProtected | SdControl.DaclAutoInheritRequired | SdControl.DaclAutoInherited |
        SdControl.SaclProtected | SdControl.SaclAutoInheritRequired | SdControl.SaclAutoInherited;

    /// <summary>Text to self-relative bytes. On failure nothing is returned and <paramref name="error"/> says where.</summary>
    public static bool TryParse(string text, in SddlOptions options, out byte[] descriptor, out SddlError error)
    {
        descriptor = [];
        if (text.Length > MaxTextLength)
        {
            error = new SddlError(MaxTextLength, "text too long");
            return false;
        }
        SddlScanner scanner = new(text);
        SecurityDescriptorBuilder builder = new SddlParser(scanner, options).Parse();
        if (scanner.Failed)
        {
            error = scanner.Error;
            return false;
        }
        error = default;
        if (builder.TryBuild(out descriptor))
        {
            return true;
        }
        error = new SddlError(text.Length, "descriptor longer than 65535 bytes");
        return false;
    }

    /// <summary>Text to self-relative bytes, with the default options.</summary>
    public static bool TryParse(string text, out byte[] descriptor, out SddlError error) => TryParse(text, default, out descriptor, out error);

    /// <summary>
    /// Bytes to text, in the order O, G, D, S. Fails for a malformed descriptor and for one that has no text form
    /// (an ACE type without alias, KACS-FMT-156); nothing is left out silently.
    /// </summary>
    public static bool TryFormat(ReadOnlySpan<byte> descriptor, in SddlOptions options, out string text, out SddlError error)
    {
        text = "";
        if (!SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd))
        {
            error = new SddlError(0, "malformed security descriptor");
            return false;
        }
        SddlFormatter formatter = new(options);
        bool formatted = formatter.TryFormat(sd, out error);
        text = formatted ? formatter.Text : "";
        return formatted;
    }

    /// <summary>Bytes to text, with the default options.</summary>
    public static bool TryFormat(ReadOnlySpan<byte> descriptor, out string text, out SddlError error) =>
        TryFormat(descriptor, default, out text, out error);

    /// <summary>One ACE as text, for messages; false if it has no text form.</summary>
    public static bool TryFormatAce(in Ace ace, in SddlOptions options, out string text)
    {
        SddlFormatter formatter = new(options);
        bool formatted = formatter.TryFormatAce(ace, 0, out _);
        text = formatted ? formatter.Text : "";
        return formatted;
    }

    /// <summary>A two-letter alias or SID string (KACS-FMT-151), nothing else around it.</summary>
    public static bool TryParseSid(string text, in SddlOptions options, out Sid sid)
    {
        SddlScanner scanner = new(text);
        sid = SddlAliases.ReadSid(scanner, options);
        return !scanner.Failed && scanner.AtEnd;
    }

    /// <summary>A SID as its alias, or as its string when it has none.</summary>
    public static string FormatSid(in Sid sid, in SddlOptions options)
    {
        StringBuilder text = new();
        SddlAliases.Append(text, sid, options);
        return text.ToString();
    }
}
