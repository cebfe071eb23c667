// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Mkimage;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Image;

/// <summary>Manifests are read strictly: a mistake stops the build with file and line.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("base")]
    [InlineData("core")]
    [InlineData("platform")]
    [InlineData("demo")]
    [InlineData("test")]
    public void Read_ManifestsOfTheProject_AreWellFormed(string name) =>
        Assert.NotNull(ManifestReader.Read(Path.Combine(Repository.Root, "qemu/manifests", name + ".toml"), Repository.Root));

    [Fact]
    public void Read_File_HasModeOwnerAndSource()
    {
        Manifest manifest = Read("[[file]]\npath = \"/a/b\"\nmode = 0o640\nowner = \"19:19\"\nsource = \"x\"\n");

        Assert.Equal(new FileEntry("/a/b", 0x1A0, "19:19", null, "/root/x"), Assert.Single(manifest.Files));
    }

    [Fact]
    public void Read_Links_MakesOneEachInTheirFolder()
    {
        Manifest manifest = Read("[[links]]\ndirectory = \"/bin\"\ntarget = \"tool\"\nnames = [\"a\", \"b\"]\n");

        Assert.Equal([new LinkEntry("/bin/a", "tool"), new LinkEntry("/bin/b", "tool")], manifest.Links);
    }

    [Theory]
    [InlineData("pakages = []", 1, "unknown name 'pakages'")]
    [InlineData("packages = [\n 1]", 2, "a string is wanted here")]
    [InlineData("packages = \"libc6\"", 1, "a list of strings is wanted here")]
    [InlineData("[[file]]\npath = \"/a\"\n", 1, "either 'text' or 'source'")]
    [InlineData("[[file]]\npath = \"/a\"\ntext = \"\"\nsource = \"x\"\n", 1, "either 'text' or 'source'")]
    [InlineData("[[file]]\ntext = \"\"\n", 1, "'path' is missing")]
    [InlineData("[[file]]\npath = \"a\"\ntext = \"\"\n", 1, "absolute path")]
    [InlineData("[[file]]\npath = \"/a/../../etc/passwd\"\ntext = \"\"\n", 1, "absolute path")]
    [InlineData("[[file]]\npath = \"/a\"\ntext = \"\"\nmode = 0o17777\n", 4, "octal mode")]
    [InlineData("[[file]]\npath = \"/a\"\ntext = \"\"\nmod = 1\n", 4, "unknown name 'mod'")]
    [InlineData("[file]\npath = \"/a\"\ntext = \"\"\n", 1, "write this as [[...]]")]
    public void Read_Mistake_NamesFileLineAndReason(string text, int line, string reason)
    {
        BuildException failure = Assert.Throws<BuildException>(() => Read(text));

        Assert.StartsWith($"{_file}:{line}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoToml_NamesLineAndColumn() =>
        Assert.StartsWith($"{_file}:2:", Assert.Throws<BuildException>(() => Read("a = 1\n= 2")).Message, StringComparison.Ordinal);

    private Manifest Read(string text)
    {
        File.WriteAllText(_file, text);
        return ManifestReader.Read(_file, "/root");
    }
}
