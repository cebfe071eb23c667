// SPDX-License-Identifier: MIT
using Peios.Interop;

namespace Agent;

/// <summary>The three pipes of a command. The child's ends block, as programs expect; ours do not.</summary>
internal sealed record Pipes(Fd StdinRead, Fd StdinWrite, Fd StdoutRead, Fd StdoutWrite, Fd StderrRead, Fd StderrWrite)
{
    /// <summary>Opens all three; on error none is left open.</summary>
    public static Errno Open(out Pipes? pipes)
    {
        pipes = null;
        Errno error = Files.Pipe(out Fd? inRead, out Fd? inWrite, nonBlocking: false);
        Fd? outRead = null, outWrite = null, errRead = null, errWrite = null;
        error = error.Ok ? Files.Pipe(out outRead, out outWrite, nonBlocking: false) : error;
        error = error.Ok ? Files.Pipe(out errRead, out errWrite, nonBlocking: false) : error;
        if (error.Ok)
        {
            pipes = new Pipes(inRead!, inWrite!, outRead!, outWrite!, errRead!, errWrite!);
            return Errno.None;
        }

        foreach (Fd? fd in (Fd?[])[inRead, inWrite, outRead, outWrite])
        {
            fd?.Dispose();
        }

        return error;
    }

    /// <summary>Closes what the child has.</summary>
    public void CloseChildEnds()
    {
        StdinRead.Dispose();
        StdoutWrite.Dispose();
        StderrWrite.Dispose();
    }

    /// <summary>Closes what we would have read and written.</summary>
    public void CloseOwnEnds()
    {
        StdinWrite.Dispose();
        StdoutRead.Dispose();
        StderrRead.Dispose();
    }
}
