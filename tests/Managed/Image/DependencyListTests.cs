// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Image;

/// <summary>scripts/packages.txt is the one list of packages; the Dockerfile cannot be run everywhere, so it is compared.</summary>
public sealed class DependencyListTests
{
    private static readonly string[] Listed = File.ReadAllLines(Path.Combine(Repository.Root, "scripts/packages.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToArray();

    [Fact]
    public void PackageList_EveryLine_GivesAReason() =>
        Assert.All(Listed, line => Assert.Matches(@"^[a-z0-9.+-]+ +\S.{8,}$", line));

    [Fact]
    public void Dockerfile_Packages_AreThoseOfTheList()
    {
        string docker = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
        string install = Regex.Match(docker, @"apt-get install -y --no-install-recommends \\\n((?:\s+\S+ ?\\?\n)+)").Groups[1].Value;
        string[] installed = install.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(Listed.Select(line => line.Split(' ')[0]).Order(), installed.Order());
    }
}
