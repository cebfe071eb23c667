// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;

namespace Eventd.Store;

/// <summary>The boot's GUID (EVT-086): from peinit, else from the kernel, which is where peinit has it from (PEINIT-019).</summary>
internal static class BootId
{
    /// <summary>The variable that peinit sets (PEINIT-020).</summary>
    internal const string Variable = "PEIOS_BOOT_ID";

    /// <summary>The boot ID, or the reason why there is none.</summary>
    internal static Result<Guid> Get()
    {
        if (Guid.TryParse(Environment.GetEnvironmentVariable(Variable), out Guid id))
        {
            return id;
        }

        if (!Files.ReadSmall("/proc/sys/kernel/random/boot_id", 64).TryGet(out byte[]? text, out Errno error))
        {
            return error;
        }

        return Guid.TryParse(Encoding.ASCII.GetString(text).Trim(), out id) ? id : Errno.EINVAL;
    }
}
