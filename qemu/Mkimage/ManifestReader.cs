// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Peios.Toml;

namespace Mkimage;

/// <summary>Reads a manifest strictly: an unknown name is an error with its line, never ignored.</summary>
internal sealed class ManifestReader
{
    private readonly Manifest _manifest;
    private readonly string _projectRoot;

    private ManifestReader(string path, string projectRoot)
    {
        _manifest = new Manifest { Path = path };
        _projectRoot = projectRoot;
    }

    /// <summary>Reads one file; sources in it are relative to the project's root.</summary>
    public static Manifest Read(string path, string projectRoot)
    {
        if (!TomlDocument.TryParse(File.ReadAllBytes(path), out TomlTable? root, out TomlError error))
        {
            throw new BuildException($"{path}:{error}");
        }

        ManifestReader reader = new(path, projectRoot);
        reader.ReadRoot(root);
        return reader._manifest;
    }

    private void ReadRoot(TomlTable root)
    {
        foreach ((string name, TomlValue value) in root.Entries)
        {
            switch (name)
            {
                case "packages": ReadStrings(value, _manifest.Packages); break;
                case "omit": ReadStrings(value, _manifest.Omit); break;
                case "prune": ReadStrings(value, _manifest.Prune); break;
                case "directory": ReadTables(value, entry => _manifest.Directories.Add(ReadDirectory(entry))); break;
                case "file": ReadTables(value, entry => _manifest.Files.Add(ReadFile(entry))); break;
                case "link": ReadTables(value, entry => _manifest.Links.Add(ReadLink(entry))); break;
                case "links": ReadTables(value, ReadLinks); break;
                case "seed": ReadTables(value, entry => _manifest.Seeds.Add(ReadSeed(entry))); break;
                default: throw Bad(value, $"unknown name '{name}'");
            }
        }
    }

    private DirectoryEntry ReadDirectory(Fields fields)
    {
        DirectoryEntry entry = new(fields.ImagePath("path"), fields.Mode("mode", 0x1ED), fields.Text("owner", "0:0"));
        fields.Finish();
        return entry;
    }

    private FileEntry ReadFile(Fields fields)
    {
        string? source = fields.OptionalText("source");
        FileEntry entry = new(
            fields.ImagePath("path"),
            fields.Mode("mode", 0x1A4),
            fields.Text("owner", "0:0"),
            fields.OptionalText("text"),
            source is null ? null : Path.Combine(_projectRoot, source));
        if ((entry.Text is null) == (entry.Source is null))
        {
            throw Bad(fields.Value, "a file has either 'text' or 'source'");
        }

        fields.Finish();
        return entry;
    }

    private static LinkEntry ReadLink(Fields fields)
    {
        LinkEntry entry = new(fields.ImagePath("path"), fields.Text("target", null));
        fields.Finish();
        return entry;
    }

    /// <summary>Many links of one folder with one target: the names of a multi-call program.</summary>
    private void ReadLinks(Fields fields)
    {
        string directory = fields.ImagePath("directory");
        string target = fields.Text("target", null);
        foreach (string name in fields.Strings("names"))
        {
            _manifest.Links.Add(new LinkEntry($"{directory}/{name}", target));
        }

        fields.Finish();
    }

    private SeedEntry ReadSeed(Fields fields)
    {
        SeedEntry entry = new(
            fields.Text("hive", null),
            fields.ImagePath("database"),
            Path.Combine(_projectRoot, fields.Text("source", null)));
        fields.Finish();
        return entry;
    }

    private void ReadStrings(TomlValue value, List<string> into)
    {
        foreach (TomlValue item in value.Items)
        {
            into.Add(item.Kind == TomlKind.String ? item.Text : throw Bad(item, "a string is wanted here"));
        }

        if (value.Kind != TomlKind.Array)
        {
            throw Bad(value, "a list of strings is wanted here");
        }
    }

    private void ReadTables(TomlValue value, Action<Fields> read)
    {
        if (value.Kind != TomlKind.Array)
        {
            throw Bad(value, "write this as [[...]]");
        }

        foreach (TomlValue item in value.Items)
        {
            read(new Fields(this, item, item.Table ?? throw Bad(item, "a table is wanted here")));
        }
    }

    private BuildException Bad(TomlValue at, string message) => new($"{_manifest.Path}:{at.Line}: {message}");

    /// <summary>The fields of one table; what has not been asked for by <see cref="Finish"/> is unknown.</summary>
    private sealed class Fields(ManifestReader reader, TomlValue value, TomlTable table)
    {
        private readonly HashSet<string> _known = [];

        public TomlValue Value => value;

        public string? OptionalText(string name)
        {
            _known.Add(name);
            if (!table.TryGet(name, out TomlValue? field))
            {
                return null;
            }

            return field.Kind == TomlKind.String ? field.Text : throw reader.Bad(field, $"'{name}' must be a string");
        }

        public string Text(string name, string? byDefault) =>
            OptionalText(name) ?? byDefault ?? throw reader.Bad(value, $"'{name}' is missing");

        public List<string> Strings(string name)
        {
            _known.Add(name);
            List<string> items = [];
            reader.ReadStrings(table.TryGet(name, out TomlValue? field) ? field : throw reader.Bad(value, $"'{name}' is missing"), items);
            return items;
        }

        public string ImagePath(string name)
        {
            string path = Text(name, null);
            bool wellFormed = path.StartsWith('/') && !path.Contains("//") && !path.Contains("/..") && !path.EndsWith('/');
            return wellFormed ? path : throw reader.Bad(value, $"'{name}' must be an absolute path without '..': {path}");
        }

        public int Mode(string name, int byDefault)
        {
            _known.Add(name);
            if (!table.TryGet(name, out TomlValue? field))
            {
                return byDefault;
            }

            return field.Kind == TomlKind.Integer && field.Integer is >= 0 and <= 0xFFF
                ? (int)field.Integer
                : throw reader.Bad(field, $"'{name}' must be an octal mode such as 0o755");
        }

        public void Finish()
        {
            foreach ((string name, TomlValue field) in table.Entries)
            {
                if (!_known.Contains(name))
                {
                    throw reader.Bad(field, $"unknown name '{name}'");
                }
            }
        }
    }
}
