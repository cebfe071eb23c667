// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Text.Unicode;

namespace Peinit.Output;

/// <summary>
/// Cuts a pipe's bytes into lines (PEINIT-413): long ones are cut and marked, their rest is dropped; what is no UTF-8 is
/// replaced. Holds memory only while a line is unfinished.
/// </summary>
internal sealed class LineSplitter
{
    private static readonly byte[] s_truncated = "[truncated]"u8.ToArray();

    private byte[] _partial = [];
    private int _length;
    private bool _skipping;

    /// <summary>Receives whole lines.</summary>
    internal delegate void LineHandler(byte[] line);

    /// <summary>Takes a block of bytes.</summary>
    /// <param name="data">What was read.</param>
    /// <param name="limit">Longest line in bytes.</param>
    /// <param name="handler">Called for each line.</param>
    internal void Add(ReadOnlySpan<byte> data, int limit, LineHandler handler)
    {
        while (!data.IsEmpty)
        {
            int end = data.IndexOf((byte)'\n');
            ReadOnlySpan<byte> piece = end < 0 ? data : data[..end];
            if (!_skipping)
            {
                Append(piece, limit, handler);
            }

            if (end < 0)
            {
                return;
            }

            if (!_skipping)
            {
                Flush(handler, string.Empty);
            }

            _skipping = false;
            data = data[(end + 1)..];
        }
    }

    /// <summary>The pipe has ended: an unfinished line counts.</summary>
    internal void End(LineHandler handler)
    {
        if (_length > 0 && !_skipping)
        {
            Flush(handler, string.Empty);
        }
    }

    /// <summary>Makes text valid UTF-8, replacing what is not.</summary>
    internal static byte[] Sanitize(ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) ? text.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));

    private void Append(ReadOnlySpan<byte> piece, int limit, LineHandler handler)
    {
        int room = Math.Max(0, limit - _length);
        bool cut = piece.Length > room;
        ReadOnlySpan<byte> taken = cut ? piece[..room] : piece;
        if (_length + taken.Length > _partial.Length)
        {
            // Doubling: a service that writes single bytes must not make each of them cost a copy of the line.
            Array.Resize(ref _partial, Math.Max(_length + taken.Length, _partial.Length * 2));
        }

        taken.CopyTo(_partial.AsSpan(_length));
        _length += taken.Length;
        if (!cut)
        {
            return;
        }

        Flush(handler, "[truncated]");
        _skipping = true;
    }

    private void Flush(LineHandler handler, string mark)
    {
        byte[] line = Sanitize(_partial.AsSpan(0, _length));
        _partial = [];
        _length = 0;
        if (mark.Length > 0)
        {
            int length = line.Length;
            Array.Resize(ref line, length + s_truncated.Length);
            s_truncated.CopyTo(line, length);
        }

        handler(line);
    }
}
