// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Xunit;

namespace Tests.Vm.PowerCut;

public sealed class WriteLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peios-writelog").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Replay_UnflushedWrites_AreDroppedAndFlushedOnesKept()
    {
        WriteLog log = WriteLog.Open(Log((1, 0xAA, 0), (0, 0, 1), (2, 0xBB, 0), (3, 0xCC, 2), (1, 0xDD, 0)));
        Assert.Equal(5, log.Entries.Count);
        string image = Path.Combine(_folder, "disk");
        File.WriteAllBytes(image, new byte[4096]);

        int dropped = log.Replay(image, log.Entries.Count, _ => false);

        byte[] disk = File.ReadAllBytes(image);
        Assert.Equal(2, dropped);
        Assert.Equal(0xAA, disk[512]);
        Assert.Equal(0x00, disk[1024]);
        Assert.Equal(0xCC, disk[1536]);
    }

    [Fact]
    public void Replay_KeptWrites_Arrive()
    {
        WriteLog log = WriteLog.Open(Log((1, 0xAA, 0), (2, 0xBB, 0)));
        string image = Path.Combine(_folder, "disk");
        File.WriteAllBytes(image, new byte[4096]);
        Assert.Equal(1, log.Replay(image, 2, i => i == 1));
        byte[] disk = File.ReadAllBytes(image);
        Assert.Equal(0x00, disk[512]);
        Assert.Equal(0xBB, disk[1024]);
    }

    [Fact]
    public void Open_TornLastEntry_IsLeftOut()
    {
        string path = Log((1, 0xAA, 0), (2, 0xBB, 0));
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - 1);
        }

        Assert.Single(WriteLog.Open(path).Entries);
    }

    private string Log(params (int Sector, byte Fill, int Flags)[] writes)
    {
        string path = Path.Combine(_folder, "log");
        using BinaryWriter file = new(File.Create(path));
        file.Write(0x6a736677736872UL);
        file.Write(1UL);
        file.Write((ulong)writes.Length);
        file.Write(512u);
        file.Write(new byte[512 - 28]);
        foreach ((int sector, byte fill, int flags) in writes)
        {
            bool data = fill != 0;
            file.Write((ulong)sector);
            file.Write(data ? 1UL : 0UL);
            file.Write((ulong)flags);
            file.Write(0UL);
            file.Write(new byte[512 - 32]);
            if (data)
            {
                byte[] block = new byte[512];
                Array.Fill(block, fill);
                file.Write(block);
            }
        }

        return path;
    }
}
