// SPDX-License-Identifier: MIT
using Peios.Ipc;

namespace Authd.Commands;

/// <summary>A <c>service-token</c> request of the right shape (AUTH-021).</summary>
/// <param name="Identity">The definition's Identity, verbatim.</param>
/// <param name="Service">The service's name.</param>
/// <param name="Purpose">main, hook or health.</param>
internal sealed record ServiceTokenRequest(string Identity, string Service, string Purpose)
{
    /// <summary>Null, and a message, if a field is missing or has another form.</summary>
    public static ServiceTokenRequest? Read(JsonObject request, out string problem)
    {
        problem = "";
        string purpose = "main";
        if (!request.TryGetString("identity", out string identity))
        {
            problem = "identity is missing or not a string";
        }
        else if (!request.TryGetString("service", out string service))
        {
            problem = "service is missing or not a string";
        }
        else if (request.Has("purpose") && !request.TryGetString("purpose", out purpose))
        {
            problem = "purpose is not a string";
        }
        else if (purpose is not ("main" or "hook" or "health"))
        {
            problem = "purpose is not main, hook or health";
        }
        else
        {
            return new ServiceTokenRequest(identity, service, purpose);
        }

        return null;
    }
}
