// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;

namespace Mkimage;

/// <summary>Writes a "newc" cpio archive, the form the kernel unpacks; owner root, time zero, so that it is reproducible.</summary>
internal sealed class CpioWriter : IDisposable
{
    private const int Directory = 0x4000;
    private const int Regular = 0x8000;
    private const int Symlink = 0xA000;
    private const int Device = 0x2000;
    private readonly Stream _output;
    private int _inode;
    private long _written;

    /// <summary>Writes to <paramref name="output"/> and closes it at the end.</summary>
    public CpioWriter(Stream output) => _output = output;

    public void AddDirectory(string path) => Add(path, Directory | 0x1ED, [], 0);

    public void AddFile(string path, int mode, ReadOnlySpan<byte> content) => Add(path, Regular | mode, content, 0);

    public void AddLink(string path, string target) => Add(path, Symlink | 0x1FF, Encoding.UTF8.GetBytes(target), 0);

    public void AddCharacterDevice(string path, int major, int minor) => Add(path, Device | 0x180, [], (major << 8) | minor);

    public void Dispose()
    {
        Add("TRAILER!!!", 0, [], 0);
        _output.Dispose();
    }

    private void Add(string path, int mode, ReadOnlySpan<byte> content, int device)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        int inode = mode == 0 ? 0 : ++_inode;
        int links = (mode & 0xF000) == Directory ? 2 : 1;
        string header = string.Create(null, stackalloc char[110],
            $"070701{inode:X8}{mode:X8}{0:X8}{0:X8}{links:X8}{0:X8}{content.Length:X8}{0:X8}{0:X8}{device >> 8:X8}{device & 0xFF:X8}{name.Length:X8}{0:X8}");
        Write(Encoding.ASCII.GetBytes(header));
        Write(name);
        Pad();
        Write(content);
        Pad();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _written += bytes.Length;
    }

    private void Pad()
    {
        while (_written % 4 != 0)
        {
            Write([0]);
        }
    }
}
