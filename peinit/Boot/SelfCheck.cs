// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Peinit.Boot;

/// <summary>peinit must be SYSTEM: anything else means that somebody started it who should not have (PEINIT-016).</summary>
internal static class SelfCheck
{
    internal static string? Run(IBootLog log)
    {
        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return $"cannot open {KacsDevice.Path}: {error}";
        }

        using (device)
        {
            if (!Token.OpenSelf(device, real: true).TryGet(out Token? own, out error))
            {
                return $"peinit's own token cannot be opened: {error}";
            }

            using (own)
            {
                if (!own.User().TryGet(out Sid user, out error))
                {
                    return $"peinit's own token cannot be read: {error}";
                }

                // A Protected process is a matter of its signature, which is not built: said once, not held against it (PEINIT-017).
                log.Warn("process protection is not available in this build");
                return user == WellKnownSids.System ? null : $"peinit runs as {user}, not as SYSTEM";
            }
        }
    }
}
