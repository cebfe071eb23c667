// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using Peios.Security;
using Peios.Tests;

namespace Tests.Managed.Security.Fuzz;

/// <summary>
/// Mutates a corpus of SDDL texts and of the descriptors they make. An input that goes a way not seen before joins the
/// corpus; <c>out/fuzz/corpus/sddl</c> keeps those between runs. A failing input is stored and named.
/// </summary>
internal sealed class SddlFuzzer(int seed)
{
    /// <summary>An input that takes this long hangs; the slowest of a run takes milliseconds.</summary>
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(20);

    /// <summary>The youngest of what earlier runs kept: enough to go on from, little enough to read at once.</summary>
    private const int MostKept = 4000;

    private static readonly string s_folder = Path.Combine(Repository.Root, "out", "fuzz");

    private readonly SddlMutator _mutator = new(seed);
    private readonly List<string> _corpus = [];
    private readonly HashSet<int> _seen = [];
    private volatile string _current = "";
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Inputs tried.</summary>
    public long Executed { get; private set; }

    /// <summary>Texts in the corpus.</summary>
    public int CorpusSize => _corpus.Count;

    /// <summary>Takes texts into the corpus; each must hold the properties as it is.</summary>
    public void Seed(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Try(text);
            _corpus.Add(text);
        }
    }

    /// <summary>What earlier runs kept.</summary>
    public static IEnumerable<string> Kept()
    {
        string[] lines = File.Exists(KeptPath) ? File.ReadAllLines(KeptPath) : [];
        for (int i = Math.Max(0, lines.Length - MostKept); i < lines.Length; i++)
        {
            yield return JsonSerializer.Deserialize<string>(lines[i])!;
        }
    }

    /// <summary>Runs until <paramref name="goOn"/> says no; <paramref name="keep"/> stores new ways for the next run.</summary>
    public void Run(Func<bool> goOn, bool keep)
    {
        using Timer watch = new(_ => StopIfHanging(), null, s_hang, s_hang);
        List<string> found = [];
        while (goOn())
        {
            string text = _mutator.Text(_corpus);
            if (Try(text))
            {
                _corpus.Add(text);
                found.Add(text);
            }

            if (Sddl.TryParse(text, out byte[] descriptor, out _))
            {
                for (int i = 0; i < 8; i++)
                {
                    TryBytes(_mutator.Bytes(descriptor));
                }
            }
        }

        if (keep && found.Count > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(KeptPath)!);
            File.AppendAllLines(KeptPath, found.ConvertAll(static text => JsonSerializer.Serialize(text)));
        }
    }

    private static string KeptPath => Path.Combine(s_folder, "corpus", "sddl", "kept.jsonl");

    private bool Try(string text)
    {
        Begin(JsonSerializer.Serialize(text));
        return Judge(SddlProperties.OfText(text, out int signature)) && _seen.Add(signature);
    }

    private void TryBytes(byte[] bytes)
    {
        Begin(Convert.ToHexStringLower(bytes));
        _ = Judge(SddlProperties.OfBytes(bytes, out _));
    }

    private void Begin(string input)
    {
        _current = input;
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        Executed++;
    }

    private bool Judge(string? problem) => problem is null ? true : throw new InvalidOperationException($"seed {seed}, input {Executed}: {problem}\n{Store()}");

    private string Store()
    {
        Directory.CreateDirectory(s_folder);
        string path = Path.Combine(s_folder, $"sddl-crash-{seed}-{Executed}");
        File.WriteAllText(path, _current);
        return $"{path}: {_current}";
    }

    /// <summary>A hang cannot be turned into a failed test: the process ends and says what it was doing.</summary>
    private void StopIfHanging()
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _since)) > s_hang)
        {
            Environment.FailFast($"SDDL fuzzer, seed {seed}: no answer: {Store()}");
        }
    }
}
