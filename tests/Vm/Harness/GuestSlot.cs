// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;

namespace Tests.Vm.Harness;

/// <summary>
/// The right to run one virtual machine: two on this computer, whoever starts them. A slot is an flock on a file, so
/// it ends with its process; <c>flock /tmp/qemu.lock COMMAND</c> takes the same one from a shell.
/// </summary>
internal sealed class GuestSlot : IDisposable
{
    private static readonly string[] Files = ["qemu.lock", "qemu2.lock"];
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly FileStream _lock;

    private GuestSlot(FileStream held) => _lock = held;

    /// <summary>Waits for a free slot.</summary>
    public static GuestSlot Take()
    {
        using ManualResetEventSlim never = new();
        while (true)
        {
            foreach (string file in Files)
            {
                try
                {
                    // FileShare.None is an flock on Linux.
                    return new GuestSlot(new FileStream(
                        Path.Combine(Path.GetTempPath(), file), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                }
                catch (IOException)
                {
                    continue;
                }
            }

            never.Wait(Interval);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
