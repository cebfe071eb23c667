// SPDX-License-Identifier: MIT
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Image;

/// <summary>scripts/packages.txt is the one list of packages.</summary>
public sealed class DependencyListTests
{
    private static readonly string[] Listed = File.ReadAllLines(Path.Combine(Repository.Root, "scripts/packages.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToArray();

    [Fact]
    public void PackageList_EveryLine_GivesAReason() =>
        Assert.All(Listed, line => Assert.Matches(@"^[a-z0-9.+-]+ +\S.{8,}$", line));

    [Fact]
    public void Dockerfile_Installs_OnlyWithTheDepsCommand()
    {
        string docker = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));

        Assert.Equal(["RUN CI=true ./build.sh deps"], Regex.Matches(docker, "^RUN .*$", RegexOptions.Multiline).Select(run => run.Value));
    }
}
