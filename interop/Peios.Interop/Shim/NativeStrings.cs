// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Peios.Interop;

/// <summary>NUL-terminated strings and string vectors in native memory, freed together.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
    }

    /// <summary>One string, or null for null. A NUL inside ends it early for C; callers refuse those before.</summary>
    internal byte* Add(string? text)
    {
        if (text is null)
        {
            return null;
        }

        int length = Encoding.UTF8.GetByteCount(text);
        byte* p = (byte*)NativeMemory.Alloc((nuint)length + 1);
        _blocks.Add((nint)p);
        _ = Encoding.UTF8.GetBytes(text, new Span<byte>(p, length));
        p[length] = 0;
        return p;
    }

    /// <summary>A NULL-terminated vector.</summary>
    internal byte** Add(IReadOnlyList<string> items)
    {
        byte** vector = (byte**)NativeMemory.Alloc((nuint)items.Count + 1, (nuint)sizeof(byte*));
        _blocks.Add((nint)vector);
        for (int i = 0; i < items.Count; i++)
        {
            vector[i] = Add(items[i]);
        }

        vector[items.Count] = null;
        return vector;
    }
}
