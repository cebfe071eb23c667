// SPDX-License-Identifier: MIT
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Launch;

/// <summary>Asks authd for tokens, one connection per request, never waiting (PEINIT-138).</summary>
internal sealed class AuthdClient(Supervisor supervisor, string path)
{
    internal const string DefaultPath = "/run/authd/authd.sock";

    private const ulong RetryNanoseconds = 20_000_000;

    /// <summary>Sends a request; the answer arrives at <see cref="TokenSource.Answered"/>.</summary>
    /// <returns>The request to cancel, or null when it is decided already or waits for another attempt.</returns>
    internal AuthdRequest? Ask(JobProcess process, TokenSource tokens)
    {
        if (AuthdRequest.Start(supervisor.Loop, path, process, tokens).TryGet(out AuthdRequest? request, out Errno error))
        {
            return request;
        }

        // A full backlog is no refusal: try again until StartTimeout ends the start (PEINIT-139).
        if (error == Errno.EAGAIN)
        {
            supervisor.Loop.Schedule(new Retry(this, process, tokens), Clock.Monotonic + RetryNanoseconds);
            return null;
        }

        tokens.Answered(process, error == Errno.ENOENT ? Errno.ECONNREFUSED : error);
        return null;
    }

    private sealed class Retry(AuthdClient client, JobProcess process, TokenSource tokens) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now)
        {
            if (!process.Released)
            {
                process.Request = client.Ask(process, tokens);
                process.Pump();
            }
        }
    }
}
