// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Mkimage;

/// <summary>The Debian packages of an image: closure over Depends and Pre-Depends, first alternative, and their files.</summary>
internal sealed class PackageSet
{
    private readonly string _cache;
    private readonly HashSet<string> _omitted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _chosen = new(StringComparer.Ordinal);

    /// <summary>Creates a set that keeps downloads in <paramref name="cache"/>.</summary>
    public PackageSet(string cache)
    {
        _cache = cache;
        Directory.CreateDirectory(cache);
    }

    /// <summary>
    /// Downloads the packages of a layer and everything they depend on, as far as the cache lacks them.
    /// Returns the package files that no earlier layer had, in name order.
    /// </summary>
    public List<string> Fetch(Manifest layer)
    {
        _omitted.UnionWith(layer.Omit);
        SortedSet<string> fresh = Close(layer.Packages);
        return fresh.Count == 0 ? [] : Download(fresh);
    }

    private SortedSet<string> Close(List<string> names)
    {
        SortedSet<string> fresh = new(StringComparer.Ordinal);
        Stack<string> next = new(names);
        Dictionary<string, List<string>> graph = names.Count == 0 ? [] : Dependencies(names);
        while (next.TryPop(out string? name))
        {
            if (!_omitted.Contains(name) && _chosen.Add(name))
            {
                fresh.Add(name);
                graph.GetValueOrDefault(name, []).ForEach(next.Push);
            }
        }

        return fresh;
    }

    private List<string> Download(SortedSet<string> packages)
    {
        List<string> files = [];
        List<string> missing = [];
        foreach (string line in PrintUris(packages).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // 'http://…/nginx_1.22.1-9_amd64.deb' nginx_1.22.1-9_amd64.deb 531468 SHA256:…
            string[] fields = line.Split(' ');
            if (fields.Length < 3 || !line.StartsWith('\''))
            {
                continue;
            }

            string file = Path.Combine(_cache, fields[1]);
            files.Add(file);
            if (!File.Exists(file) || new FileInfo(file).Length != long.Parse(fields[2]))
            {
                missing.Add(fields[1].Split('_')[0]);
            }
        }

        if (files.Count != packages.Count)
        {
            throw new BuildException($"apt knows {files.Count} of {packages.Count} packages: {string.Join(' ', packages)}");
        }

        if (missing.Count > 0)
        {
            // Root's apt would drop to a user that cannot write here, and warn about it.
            Command.Run(_cache, "apt-get", ["download", "-q", "-o", "APT::Sandbox::User=root", .. missing]);
        }

        return files;
    }

    // Not in the cache folder: apt leaves out what lies in the current one.
    private static string PrintUris(SortedSet<string> packages) =>
        Command.Run("/", "apt-get", ["download", "--print-uris", .. packages]);

    /// <summary>Who needs whom, for everything reachable: the first real package of each choice.</summary>
    private static Dictionary<string, List<string>> Dependencies(List<string> packages)
    {
        Dictionary<string, List<string>> graph = new(StringComparer.Ordinal);
        List<string> needs = [];
        bool takenFromGroup = false;
        bool virtualPending = false;
        foreach (string line in Command.Run("/", "apt-cache", ["depends", "--recurse", "--important", .. packages]).Split('\n'))
        {
            string text = line.TrimStart();
            int colon = text.IndexOf("Depends: ", StringComparison.Ordinal);
            if (!line.StartsWith(' '))
            {
                graph[Unqualified(line)] = needs = [];
                takenFromGroup = virtualPending = false;
            }
            else if (colon >= 0)
            {
                // "|Depends: a" then "Depends: b" is the choice a or b.
                string name = text[(colon + "Depends: ".Length)..];
                bool moreFollow = text.StartsWith('|');
                bool isVirtual = name.StartsWith('<');
                if (!takenFromGroup && !isVirtual)
                {
                    needs.Add(Unqualified(name));
                }

                virtualPending = !takenFromGroup && isVirtual && !moreFollow;
                takenFromGroup = moreFollow && (takenFromGroup || !isVirtual);
            }
            else if (virtualPending)
            {
                // The providers of a virtual package follow it, deeper indented.
                needs.Add(Unqualified(text));
                virtualPending = false;
            }
        }

        return graph;
    }

    private static string Unqualified(string name) => name.Split(':')[0];
}
