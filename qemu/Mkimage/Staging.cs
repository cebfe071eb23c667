// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;

namespace Mkimage;

/// <summary>The image's file tree in a folder of the host. Runs under fakeroot: owners are as they will be.</summary>
internal sealed class Staging
{
    private readonly string _root;
    private readonly SortedDictionary<string, List<string>> _owned = new(System.StringComparer.Ordinal);

    /// <summary>Starts with an empty tree.</summary>
    public Staging(string root)
    {
        _root = root;
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(root);
    }

    /// <summary>Unpacks a package; its scripts are not run.</summary>
    public void Unpack(string package)
    {
        // dpkg-deb -x would replace the links /bin, /lib, /sbin by folders.
        Command.Run(_root, "sh", "-c", "dpkg-deb --fsys-tarfile \"$1\" | tar -x --keep-directory-symlink", "sh", package);
    }

    /// <summary>Removes a path that a package brought.</summary>
    public void Prune(string path)
    {
        string full = Locate(path);
        if (Directory.Exists(full))
        {
            Directory.Delete(full, recursive: true);
        }
        else
        {
            File.Delete(full);
        }
    }

    /// <summary>Makes the folders, files and links of a manifest.</summary>
    public void Apply(Manifest manifest)
    {
        foreach (DirectoryEntry entry in manifest.Directories)
        {
            Directory.CreateDirectory(Locate(entry.Path));
            Finish(entry.Path, entry.Mode, entry.Owner);
        }

        foreach (FileEntry entry in manifest.Files)
        {
            Write(manifest, entry);
            Finish(entry.Path, entry.Mode, entry.Owner);
        }

        foreach (LinkEntry entry in manifest.Links)
        {
            string path = Locate(entry.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            File.CreateSymbolicLink(path, entry.Target);
        }
    }

    /// <summary>Writes registry content into a hive file of the image, with registryd's offline import.</summary>
    public void Import(string registryd, SeedEntry seed)
    {
        string database = Locate(seed.Database);
        Directory.CreateDirectory(Path.GetDirectoryName(database)!);
        Command.Run("/", registryd, "--import", seed.Source, $"{seed.Hive}={database}");
    }

    /// <summary>Gives the entries their owners; root owns the rest.</summary>
    public void SetOwners()
    {
        Command.Run(_root, "chown", "-hR", "0:0", ".");
        foreach ((string owner, List<string> paths) in _owned)
        {
            Command.Run(_root, "chown", ["-h", owner, .. paths]);
        }
    }

    private void Write(Manifest manifest, FileEntry entry)
    {
        string path = Locate(entry.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        if (entry.Text is not null)
        {
            File.WriteAllText(path, entry.Text);
        }
        else if (File.Exists(entry.Source))
        {
            File.Copy(entry.Source, path);
        }
        else
        {
            throw new BuildException($"{manifest.Path}: {entry.Path}: no such source: {entry.Source}");
        }
    }

    private void Finish(string path, int mode, string owner)
    {
        Command.Run(_root, "chmod", System.Convert.ToString(mode, 8), "." + path);
        if (owner != "0:0")
        {
            if (!_owned.TryGetValue(owner, out List<string>? paths))
            {
                _owned.Add(owner, paths = []);
            }

            paths.Add("." + path);
        }
    }

    private string Locate(string path) => _root + path;
}
