// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Peios.Interop;

namespace Tools.Frame;

/// <summary>
/// Writes to standard output or error, or reads standard input, and does nothing else. The runtime's console stream sends set-up sequences to a
/// terminal first, which would end up in transcripts and over serial lines.
/// </summary>
internal sealed class DescriptorStream(int descriptor, bool reads = false) : Stream
{
    private readonly Fd _fd = new(descriptor);

    /// <summary>The reader has gone away: nothing more is to be said, and that is no failure (CLI-008).</summary>
    public bool IsBroken { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => reads;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => !reads;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Errno error = IsBroken ? Errno.EPIPE : Files.WriteAll(_fd, buffer);
        IsBroken |= error == Errno.EPIPE;
        if (IsBroken)
        {
            throw new IOException("the reader is gone");
        }

        if (!error.Ok)
        {
            throw new IOException(error.ToString());
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        Files.Read(_fd, buffer.AsSpan(offset, count)).TryGet(out int read, out Errno error) ? read : throw new IOException(error.ToString());

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The descriptor is the process's own: it stays open for the runtime's last words.
        _fd.Release();
        base.Dispose(disposing);
    }
}
