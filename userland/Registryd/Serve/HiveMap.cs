// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Registryd.Serve;

/// <summary>Which hive holds a key (LOREG-027): roots for ever, other keys as they are seen, forgotten when too many.</summary>
internal sealed class HiveMap
{
    private const int MaxRemembered = 8192;

    private readonly object _lock = new();
    private readonly Dictionary<UInt128, int> _roots = [];
    private readonly Dictionary<UInt128, int> _keys = [];

    /// <summary>Adds a root key.</summary>
    public void AddRoot(ReadOnlySpan<byte> guid, int hive) => _roots[Number(guid)] = hive;

    /// <summary>Remembers a key.</summary>
    public void Add(ReadOnlySpan<byte> guid, int hive)
    {
        lock (_lock)
        {
            if (_keys.Count >= MaxRemembered)
            {
                _keys.Clear();
            }

            _keys[Number(guid)] = hive;
        }
    }

    /// <summary>Forgets a key.</summary>
    public void Remove(ReadOnlySpan<byte> guid)
    {
        lock (_lock)
        {
            _ = _keys.Remove(Number(guid));
        }
    }

    /// <summary>Looks a key up.</summary>
    public bool TryFind(ReadOnlySpan<byte> guid, out int hive)
    {
        UInt128 number = Number(guid);
        if (_roots.TryGetValue(number, out hive))
        {
            return true;
        }

        lock (_lock)
        {
            return _keys.TryGetValue(number, out hive);
        }
    }

    private static UInt128 Number(ReadOnlySpan<byte> guid) => BinaryPrimitives.ReadUInt128LittleEndian(guid);
}
