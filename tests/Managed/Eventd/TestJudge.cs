// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Eventd.Access;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace Peios.Tests.Eventd;

/// <summary>Decisions that a test sets, by descriptor; what is not set is granted as a whole. Counts the questions.</summary>
internal sealed class TestJudge : IAccessJudge
{
    private readonly Dictionary<string, HashSet<Guid>?> _parts = [];

    /// <summary>What opening the peer's token answers.</summary>
    internal Errno Peer { get; set; }

    /// <summary>Who connects: SYSTEM, unless a test says otherwise.</summary>
    internal string User { get; set; } = "S-1-5-18";

    /// <summary>What a check answers instead of a decision.</summary>
    internal Errno Broken { get; set; }

    /// <summary>Contexts of all checks so far.</summary>
    internal List<string> Contexts { get; } = [];

    /// <summary>Nothing that this descriptor guards is granted.</summary>
    internal void Deny(byte[] descriptor) => _parts[Convert.ToHexString(descriptor)] = [];

    /// <summary>Only these fields of what this descriptor guards are granted.</summary>
    internal void Grant(byte[] descriptor, params string[] fields) =>
        _parts[Convert.ToHexString(descriptor)] = [.. Array.ConvertAll(fields, FieldGuid.Of)];

    public Result<IAccessSubject> Open(Fd connection) => Peer.Ok ? new Subject(this) : Peer;

    private sealed class Subject(TestJudge judge) : IAccessSubject
    {
        public string User => judge.User;

        public Errno Check(ReadOnlySpan<byte> descriptor, string context, ReadOnlySpan<KacsObjectNode> nodes, Span<bool> allowed)
        {
            lock (judge.Contexts)
            {
                judge.Contexts.Add(context);
            }

            if (!judge.Broken.Ok)
            {
                return judge.Broken;
            }

            if (!judge._parts.TryGetValue(Convert.ToHexString(descriptor), out HashSet<Guid>? parts))
            {
                allowed.Fill(true);
                return Errno.None;
            }

            for (int i = 0; i < nodes.Length; i++)
            {
                allowed[i] = parts!.Contains(nodes[i].Guid);
            }

            return Errno.None;
        }

        public void Dispose()
        {
        }
    }
}
