// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Ipc;

namespace Tools.Frame;

/// <summary>authd's answers as exit codes (CLI-002).</summary>
internal static class AuthdAnswer
{
    /// <summary>Reports what went wrong; null if the answer is one to print.</summary>
    public static ExitCode? Failed(ToolContext context, Result<JsonObject> result, out JsonObject? answer)
    {
        if (!result.TryGet(out answer, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"authd: {error}", error.Name);
        }

        if (!answer.TryGetString("code", out string code))
        {
            return null;
        }

        _ = answer.TryGetString("message", out string message);
        return context.Fail(Classify(code), $"authd: {message} ({code})", code);
    }

    private static ExitCode Classify(string code) => code switch
    {
        ErrorCodes.AccessDenied or "NOT_ALLOWED" or "AUTH_FAILED" or "LOGON_TYPE_DENIED" or "DISABLED" or "EXPIRED" => ExitCode.Denied,
        ErrorCodes.NotFound or "SESSION_NOT_FOUND" or "NO_SUCH_SOURCE" => ExitCode.NotFound,
        ErrorCodes.InvalidRequest or "INVALID_NAME" or "INVALID_VALUE" => ExitCode.InvalidInput,
        "SOURCE_UNAVAILABLE" or "BUSY" or "RATE_LIMITED" or ErrorCodes.TooManyConnections => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };
}
