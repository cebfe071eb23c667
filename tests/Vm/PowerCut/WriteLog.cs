// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace Tests.Vm.PowerCut;

/// <summary>
/// The log that QEMU's <c>blklogwrites</c> driver writes (the dm-log-writes format), and its replay onto a copy of the
/// disk with the writes dropped that no flush had made durable. Killing QEMU alone is no power cut: the host's page
/// cache keeps what the guest never flushed (HAZ-045).
/// </summary>
internal sealed class WriteLog
{
    private const ulong Magic = 0x6a736677736872;
    private const int SectorSize = 512;
    private const int EntrySize = 32;

    private readonly string _path;
    private readonly List<WriteLogEntry> _entries;

    private WriteLog(string path, List<WriteLogEntry> entries)
    {
        _path = path;
        _entries = entries;
    }

    /// <summary>Entries in the order in which they completed.</summary>
    internal IReadOnlyList<WriteLogEntry> Entries => _entries;

    /// <summary>
    /// Reads the entries. The count in the superblock lags behind when QEMU was killed, so entries are taken until one
    /// is no entry; a torn last one is left out, as a power cut would.
    /// </summary>
    internal static WriteLog Open(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] sector = new byte[SectorSize];
        file.ReadExactly(sector);
        if (BinaryPrimitives.ReadUInt64LittleEndian(sector) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(sector.AsSpan(24)) != SectorSize)
        {
            throw new InvalidDataException($"{path} is no write log of {SectorSize}-byte sectors");
        }

        List<WriteLogEntry> entries = [];
        while (file.Position + SectorSize <= file.Length)
        {
            file.ReadExactly(sector);
            long sectors = (long)BinaryPrimitives.ReadUInt64LittleEndian(sector.AsSpan(8));
            WriteLogFlags flags = (WriteLogFlags)BinaryPrimitives.ReadUInt64LittleEndian(sector.AsSpan(16));

            // Only a marker uses the length field; a write is followed by its sectors, a discard by nothing.
            long bytes = flags.HasFlag(WriteLogFlags.Mark)
                ? (long)BinaryPrimitives.ReadUInt64LittleEndian(sector.AsSpan(24))
                : flags.HasFlag(WriteLogFlags.Discard) ? 0 : sectors * SectorSize;
            WriteLogEntry entry = new((long)BinaryPrimitives.ReadUInt64LittleEndian(sector), sectors, flags, bytes, file.Position);
            bool plausible = (entry.Flags & ~WriteLogFlags.All) == 0 && sector.AsSpan(EntrySize).IndexOfAnyExcept((byte)0) < 0
                && (entry.Flags != 0 || entry.Sectors > 0);
            long next = file.Position + entry.DataBytes;
            if (!plausible || entry.DataBytes < 0 || next > file.Length)
            {
                break;
            }

            entries.Add(entry);
            file.Position = next;
        }

        return new WriteLog(path, entries);
    }

    /// <summary>
    /// Writes to <paramref name="image"/> what the disk held after a power cut just behind entry <paramref name="cut"/>:
    /// everything up to the last flush before it, and of the later, unflushed writes only those <paramref name="keep"/> chooses.
    /// </summary>
    /// <returns>How many unflushed writes were dropped.</returns>
    internal int Replay(string image, int cut, Func<int, bool> keep)
    {
        int flushed = LastFlush(cut);
        int dropped = 0;
        using FileStream log = File.OpenRead(_path);
        using FileStream disk = new(image, FileMode.Open, FileAccess.Write);
        byte[] buffer = [];
        for (int i = 0; i < cut; i++)
        {
            WriteLogEntry entry = _entries[i];
            bool durable = i <= flushed || entry.Flags.HasFlag(WriteLogFlags.ForceUnitAccess);
            if (!durable && entry.Sectors > 0 && !keep(i))
            {
                dropped++;
                continue;
            }

            if (entry.DataBytes == 0)
            {
                continue;
            }

            if (buffer.Length < entry.DataBytes)
            {
                buffer = new byte[entry.DataBytes];
            }

            log.Position = entry.DataOffset;
            log.ReadExactly(buffer.AsSpan(0, (int)entry.DataBytes));
            disk.Position = entry.Sector * SectorSize;
            disk.Write(buffer.AsSpan(0, (int)entry.DataBytes));
        }

        return dropped;
    }

    private int LastFlush(int cut)
    {
        for (int i = cut - 1; i >= 0; i--)
        {
            if (_entries[i].Flags.HasFlag(WriteLogFlags.Flush))
            {
                return i;
            }
        }

        return -1;
    }
}
