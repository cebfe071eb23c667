// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Peios.Tests;

namespace Tests.Managed.Abi;

/// <summary>What the C compiler says about one uapi header.</summary>
internal sealed partial class CHeader
{
    private CHeader(List<CStructure> structures, List<(string Name, long Value)> constants)
    {
        Structures = structures;
        Constants = constants;
    }

    internal IReadOnlyList<CStructure> Structures { get; }

    internal IReadOnlyList<(string Name, long Value)> Constants { get; }

    /// <summary>Finds structures and constants by text, then lets the compiler measure them.</summary>
    internal static CHeader Compile(string header)
    {
        string include = Path.Combine(Repository.Root, "pkm", "include", "uapi");
        string text = File.ReadAllText(Path.Combine(include, "linux", "pkm", header));
        text = Comment().Replace(text.Replace("\\\n", " ", StringComparison.Ordinal), ""); // joins continued lines
        StringBuilder program = new();
        program.Append("#include <stdio.h>\n#include <stddef.h>\n#include <linux/pkm/").Append(header).Append(">\nint main(void)\n{\n");
        foreach (Match s in Structure().Matches(text))
        {
            string name = s.Groups["name"].Value;
            program.Append(CultureInfo.InvariantCulture, $"\tprintf(\"S {name} %zu\\n\", sizeof(struct {name}));\n");
            foreach (Match f in Field().Matches(s.Groups["body"].Value))
            {
                string field = f.Groups["name"].Value;
                program.Append(CultureInfo.InvariantCulture, $"\tprintf(\"F {field} %zu\\n\", offsetof(struct {name}, {field}));\n");
            }
        }

        foreach (Match d in Define().Matches(text).Where(d => d.Groups["value"].Value.TrimStart()[0] != '{'))
        {
            string name = d.Groups["name"].Value;
            program.Append(CultureInfo.InvariantCulture, $"\tprintf(\"C {name} %lld\\n\", (long long)({name}));\n");
        }

        program.Append("\treturn 0;\n}\n");
        return Parse(Run(include, program.ToString()));
    }

    private static string Run(string include, string program)
    {
        string folder = Directory.CreateTempSubdirectory("peios-abi").FullName;
        try
        {
            string source = Path.Combine(folder, "abi.c");
            string binary = Path.Combine(folder, "abi");
            File.WriteAllText(source, program);
            Execute("cc", $"-std=gnu11 -Wall -Werror -I{include} -o {binary} {source}");
            return Execute(binary, "");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Execute(string file, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{file}: {errors}");
    }

    private static CHeader Parse(string output)
    {
        List<CStructure> structures = [];
        List<(string, long)> constants = [];
        List<(string, long)> fields = [];
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            long value = long.Parse(parts[2], CultureInfo.InvariantCulture);
            switch (parts[0])
            {
                case "S":
                    fields = [];
                    structures.Add(new CStructure(parts[1], value, fields));
                    break;
                case "F":
                    fields.Add((parts[1], value));
                    break;
                default:
                    constants.Add((parts[1], value));
                    break;
            }
        }

        return new CHeader(structures, constants);
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^struct (?<name>\w+) \{(?<body>.*?)^\}", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Structure();

    [GeneratedRegex(@"^\s+(?:struct )?\w+ (?<name>\w+)(?:\[\w+\])?;", RegexOptions.Multiline)]
    private static partial Regex Field();

    [GeneratedRegex(@"^#define[ \t]+(?<name>[A-Z]\w*)[ \t]+(?<value>\S[^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Define();
}
