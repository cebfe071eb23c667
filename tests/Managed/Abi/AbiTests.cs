// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Peios.Interop;
using Xunit;

namespace Tests.Managed.Abi;

/// <summary>
/// Compiles the uapi headers with the C compiler and compares every size, offset and constant with the C# mirrors.
/// Names are matched without case and underscores, so that each side can keep its own spelling rules.
/// </summary>
public class AbiTests
{
    private static readonly Dictionary<string, string[]> Mirrors = new()
    {
        ["kacs.h"] = ["KacsAbi", "kacs"],
        ["kmes.h"] = ["KmesAbi", "kmes"],
        ["registry.h"] = ["RegistryAbi", "reg"],
        ["rsi.h"] = ["RsiAbi", "rsi"],
    };

    public static TheoryData<string> Headers => [.. Mirrors.Keys];

    [Theory]
    [MemberData(nameof(Headers))]
    public void Structures_OfHeader_HaveTheSameLayoutInBothLanguages(string header)
    {
        CHeader c = CHeader.Compile(header);
        Dictionary<string, Type> types = [];
        foreach (Type type in typeof(Errno).Assembly.GetTypes().Where(t => t.IsValueType && !t.IsEnum))
        {
            types[Normal(type.Name)] = type;
        }

        List<string> problems = [];
        Assert.NotEmpty(c.Structures);
        foreach (CStructure s in c.Structures)
        {
            if (!types.TryGetValue(Normal(s.Name), out Type? mirror))
            {
                problems.Add($"struct {s.Name} has no C# mirror");
                continue;
            }

            int size = ManagedLayout.SizeOf(mirror);
            if (size != s.Size)
            {
                problems.Add($"sizeof(struct {s.Name}): C {s.Size}, C# {size}");
            }

            Dictionary<string, FieldInfo> fields = mirror
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .ToDictionary(f => Normal(f.Name));
            foreach ((string field, long offset) in s.Offsets)
            {
                if (!fields.Remove(Normal(field), out FieldInfo? f))
                {
                    problems.Add($"{s.Name}.{field} is missing in C#");
                }
                else if (ManagedLayout.OffsetOf(mirror, f) is long actual && actual != offset)
                {
                    problems.Add($"{s.Name}.{field}: C at {offset}, C# at {actual}");
                }
            }

            problems.AddRange(fields.Keys.Select(f => $"{s.Name}.{f} exists only in C#"));
        }

        Assert.Empty(problems);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void Constants_OfHeader_AreEqualInBothLanguages(string header)
    {
        CHeader c = CHeader.Compile(header);
        string prefix = Mirrors[header][1];
        Type abi = typeof(Errno).Assembly.GetTypes().Single(t => t.Name == Mirrors[header][0]);
        Dictionary<string, long> managed = [];
        foreach (FieldInfo f in abi.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.IsLiteral))
        {
            object raw = f.GetRawConstantValue()!;
            managed[Normal(f.Name)] = raw is ulong u ? unchecked((long)u) : Convert.ToInt64(raw, System.Globalization.CultureInfo.InvariantCulture);
        }

        List<string> problems = [];
        Assert.NotEmpty(c.Constants);
        foreach ((string name, long value) in c.Constants)
        {
            string key = Normal(name);
            string bare = key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : key;
            if (!managed.TryGetValue(key, out long mirror) && !managed.TryGetValue(bare, out mirror))
            {
                problems.Add($"{name} has no C# mirror");
            }
            else if (mirror != value)
            {
                problems.Add($"{name}: C {value:#x}, C# {mirror:#x}");
            }
        }

        Assert.Empty(problems);
    }

    private static string Normal(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
