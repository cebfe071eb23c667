// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using Peios.Security;
using Peios.Tests;
using Xunit;
using Xunit.Abstractions;

namespace Tests.Managed.Security;

/// <summary>Descriptors that Windows made of SDDL strings, against ours: every file of the folder, line by line.</summary>
public sealed class SddlVectorsTests(ITestOutputHelper output)
{
    private const int Reported = 20;

    [Fact, Rule("KACS-FMT-150", "KACS-FMT-152", "KACS-FMT-155", "KACS-FMT-158", "KACS-FMT-163")]
    public void Vectors_OfWindows_GiveTheSameDescriptor()
    {
        if (Vectors.Folder("sddl") is not string folder)
        {
            return;
        }

        StringBuilder report = new();
        int count = 0;
        int disagreements = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.jsonl"))
        {
            int line = 0;
            foreach (string json in File.ReadLines(file))
            {
                line++;
                count++;
                if (Disagreement(json) is string what && disagreements++ < Reported)
                {
                    report.AppendLine($"{Path.GetFileName(file)}:{line}: {what}");
                }
            }
        }

        output.WriteLine($"sddl vectors: {count - disagreements} agree, {disagreements} disagree");
        Assert.True(count > 0, $"{folder} holds no vectors");
        Assert.True(disagreements == 0, $"{disagreements} of {count} disagree, the first {Math.Min(Reported, disagreements)}:\n{report}");
    }

    /// <summary>Where the corpus has a refusal for a string, so must we; what Windows calls it does not matter.</summary>
    [Theory]
    [InlineData("{\"sddl\":\"D:(A;;FA;;;QQ)\",\"sd\":\"Invalid ACL\"}", true)]
    [InlineData("{\"sddl\":\"D:(A;;FA;;;WD)\",\"sd\":\"Invalid ACL\"}", false)]
    [InlineData("{\"sddl\":\"O:LAG:LG\",\"sd\":\"010000801400000030000000000000000000000001050000000000051500000001000000020000000300000" +
        "0f4010000010500000000000515000000010000000200000003000000f5010000\"}", true)]
    [InlineData("{\"sddl\":\"O:WD\",\"sd\":\"0100008014000000000000000000000000000000010100000000000512000000\"}", false)]
    [InlineData("{\"sddl\":\"S:(ML;;NW;;;HI)\",\"sd\":\"0100108000000000000000001400000000000000" + "02001c0001000000" + "1100140001000000" + "010100000000001000300000\"}", true)]
    public void Comparison_ItselfIsSharp(string json, bool agrees) => Assert.Equal(agrees, Disagreement(json) is null);

    private static string? Disagreement(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        string sddl = document.RootElement.GetProperty("sddl").GetString()!;
        string answer = document.RootElement.GetProperty("sd").GetString()!;
        byte[]? theirs = TryHex(answer);
        if (theirs is null)
        {
            return Sddl.TryParse(sddl, out byte[] taken, out _) ? $"{sddl}\n  theirs {answer}\n  ours   {Convert.ToHexStringLower(taken)}" : null;
        }

        if (WindowsForm.AsWeWriteIt(theirs, sddl) is not byte[] expected)
        {
            return $"{sddl}\n  theirs {answer}\n  is not understood";
        }

        string ours = "";
        foreach (Sid domain in Domains(theirs))
        {
            SddlOptions options = new(Domain: domain);
            if (!Sddl.TryParse(sddl, options, out byte[] bytes, out SddlError error))
            {
                ours = error.ToString();
            }
            else if (bytes.AsSpan().SequenceEqual(expected))
            {
                return RoundTrips(bytes, options) ? null : $"{sddl}\n  has no round trip";
            }
            else
            {
                ours = Convert.ToHexStringLower(bytes);
            }
        }

        return $"{sddl}\n  theirs {Convert.ToHexStringLower(expected)}\n  ours   {ours}";
    }

    /// <summary>
    /// The corpus does not say which machine made a vector; what LA or DA stands for shows in the result: every domain
    /// named there is tried, and none first.
    /// </summary>
    private static IEnumerable<Sid> Domains(byte[] theirs)
    {
        HashSet<Sid> domains = [default];
        for (int at = 0; at + 28 <= theirs.Length; at += 4)
        {
            if (Sid.TryRead(theirs.AsSpan(at), out Sid sid) && sid is { Authority: 5, SubAuthorityCount: 5 } && sid.SubAuthority(0) == 21)
            {
                domains.Add(new Sid(5, 21, sid.SubAuthority(1), sid.SubAuthority(2), sid.SubAuthority(3)));
            }
        }

        return domains;
    }

    private static byte[]? TryHex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool RoundTrips(byte[] descriptor, in SddlOptions options) =>
        Sddl.TryFormat(descriptor, options, out string text, out _) &&
        Sddl.TryParse(text, options, out byte[] again, out _) && again.AsSpan().SequenceEqual(descriptor);
}
