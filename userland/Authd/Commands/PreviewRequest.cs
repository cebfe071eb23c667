// SPDX-License-Identifier: MIT
using Authd.Minting;
using Peios.Ipc;
using Peios.Security;

namespace Authd.Commands;

/// <summary>A <c>preview</c> request of the right shape (AUTH-021).</summary>
/// <param name="Account">Whose tokens.</param>
/// <param name="Wanted">For what.</param>
internal sealed record PreviewRequest(string Account, TokenRequest Wanted)
{
    /// <summary>Null, and a message, if a field is missing or has another form.</summary>
    public static PreviewRequest? Read(JsonObject request, out string problem)
    {
        bool isUser = request.TryGetString("user", out string user);
        bool isService = request.TryGetString("identity", out string identity);
        bool console = false;
        string service = "";
        ulong type = 0;
        problem = isUser == isService ? "preview takes user or identity"
            : !request.TryGetUInt64("logon_type", out type) || !IsType((LogonType)type) ? "logon_type is 2, 3, 4, 5 or 8"
            : request.Has("console") && !request.TryGetBoolean("console", out console) ? "console is true or false"
            : isService != (type == (ulong)LogonType.Service) ? "identity goes with logon_type 5, and user with the others"
            : isService && (!request.TryGetString("service", out service) || !ServiceSid.IsValidName(service)) ? "service is not a service name"
            : "";
        return problem.Length == 0
            ? new PreviewRequest(isService ? identity : user, new TokenRequest((LogonType)type, isService ? service : null, console))
            : null;
    }

    private static bool IsType(LogonType type) =>
        type is LogonType.Interactive or LogonType.Network or LogonType.Batch or LogonType.Service or LogonType.NetworkCleartext;
}
