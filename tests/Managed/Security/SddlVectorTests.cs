// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

/// <summary>Descriptors that Windows made of SDDL strings, against ours.</summary>
public class SddlVectorTests
{
    /// <summary>The domain of the machine that made the vectors: what LA and LG stand for in them.</summary>
    private static readonly SddlOptions s_options = new(Domain: new Sid(5, 21, 2457507606, 2709100691, 398136650));

    [Theory, Rule("KACS-FMT-150", "KACS-FMT-155", "KACS-FMT-158", "KACS-FMT-163")]
    [InlineData("windows-ordinary.jsonl", 3000)]
    [InlineData("windows-conditional.jsonl", 25)]
    [InlineData("windows-registry.jsonl", 5)]
    public void Sddl_OfWindows_GivesTheSameDescriptor(string file, int least)
    {
        string? folder = Vectors.Folder("sddl");
        if (folder is null)
        {
            return;
        }

        List<string> failures = [];
        int count = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, file)))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string sddl = json.RootElement.GetProperty("sddl").GetString()!;
            byte[] theirs = Convert.FromHexString(json.RootElement.GetProperty("sd").GetString()!);
            count++;
            if (!Sddl.TryParse(sddl, s_options, out byte[] ours, out SddlError error))
            {
                failures.Add($"{sddl}: {error}");
            }
            else if (!ours.AsSpan().SequenceEqual(AsWeWriteIt(theirs)))
            {
                failures.Add($"{sddl}: {Convert.ToHexString(ours)}");
            }
            else if (!RoundTrips(ours))
            {
                failures.Add($"{sddl}: no round trip");
            }
        }

        Assert.True(count >= least, "corpus is too short");
        Assert.Empty(failures);
    }

    /// <summary>
    /// Differences on purpose: the order of the parts (KACS-FMT-043), the smallest revision that fits (KACS-FMT-053),
    /// no unused bytes inside an ACL (KACS-FMT-051; four of the vectors have some), and the extra offset before the
    /// strings of a claim (KACS-FMT-104; one vector).
    /// </summary>
    private static byte[] AsWeWriteIt(byte[] theirs)
    {
        SecurityDescriptorBuilder builder = new() { Control = (SdControl)BitConverter.ToUInt16(theirs, 2) };
        builder.Owner = SidAt(theirs, 4);
        builder.Group = SidAt(theirs, 8);
        builder.Sacl = AclAt(theirs, 12);
        builder.Dacl = AclAt(theirs, 16);
        return Build(builder);
    }

    private static Sid SidAt(byte[] theirs, int field)
    {
        int offset = BitConverter.ToInt32(theirs, field);
        Sid sid = default;
        Assert.True(offset == 0 || Sid.TryRead(theirs.AsSpan(offset), out sid));
        return sid;
    }

    private static byte[]? AclAt(byte[] theirs, int field)
    {
        int offset = BitConverter.ToInt32(theirs, field);
        if (offset == 0)
        {
            return null;
        }

        AclBuilder builder = new();
        ReadOnlySpan<byte> rest = theirs.AsSpan(offset + AclReader.HeaderLength, BitConverter.ToUInt16(theirs, offset + 2) - AclReader.HeaderLength);
        for (int count = BitConverter.ToUInt16(theirs, offset + 4); count > 0; count--)
        {
            if (rest[0] == (byte)AceType.ResourceAttribute)
            {
                builder.Add(AceType.ResourceAttribute, AceFlags.None, 0, WellKnownSids.Everyone, OurColours());
                rest = rest[BitConverter.ToUInt16(rest[2..])..];
                continue;
            }

            Assert.True(Ace.TryRead(rest, out Ace ace));
            builder.AddRaw(ace);
            rest = rest[ace.Raw.Length..];
        }

        Assert.Equal(-1, rest.IndexOfAnyExcept((byte)0));
        Assert.True(builder.TryBuild(out byte[] bytes));
        return bytes;
    }

    private static byte[] OurColours()
    {
        ClaimBuilder claim = new("colour", ClaimType.String, 0);
        claim.AddString("blue");
        claim.AddString("red");
        Assert.True(claim.TryBuild(out byte[] entry));
        return entry;
    }

    private static byte[] Build(SecurityDescriptorBuilder builder)
    {
        Assert.True(builder.TryBuild(out byte[] bytes));
        return bytes;
    }

    private static bool RoundTrips(byte[] descriptor) =>
        Sddl.TryFormat(descriptor, s_options, out string text, out _) &&
        Sddl.TryParse(text, s_options, out byte[] again, out _) && again.AsSpan().SequenceEqual(descriptor);
}
