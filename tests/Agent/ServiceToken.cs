// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Text.Json;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;

namespace Agent;

/// <summary>Asks authd for the token of a service identity, as peinit does (AUTH-026).</summary>
internal static class ServiceToken
{
    private const string Socket = "/run/authd/authd.sock";
    private const int TimeoutMs = 10_000;

    /// <summary>ioctl that installs a token on a child before its exec.</summary>
    public static uint InstallRequest => KacsAbi.IocInstall;

    /// <summary>Gets a fresh primary token of <paramref name="identity"/> with the service SID of <paramref name="service"/>.</summary>
    public static Result<Fd> Request(string identity, string service)
    {
        if (!UnixSocket.Connect(Socket).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        using (socket)
        using (MessageBuffer beside = new())
        {
            string line = $$"""{"command":"service-token","identity":"{{JsonEncodedText.Encode(identity)}}","service":"{{JsonEncodedText.Encode(service)}}","purpose":"main"}""";
            if (!socket.Send(Encoding.UTF8.GetBytes(line + "\n")).TryGet(out _, out error))
            {
                return error;
            }

            return Receive(socket, beside);
        }
    }

    private static Result<Fd> Receive(UnixSocket socket, MessageBuffer beside)
    {
        byte[] buffer = new byte[65536];
        _ = Polling.Wait(socket.Fd, Polling.Readable, TimeoutMs);
        if (!socket.Receive(buffer, beside).TryGet(out int n, out Errno error))
        {
            return error;
        }

        bool granted = JsonObject.TryParse(buffer.AsSpan(0, n).TrimEnd((byte)'\n'), out JsonObject? reply, out _)
            && reply!.TryGetString("status", out string status) && status == "ok";
        Fd? token = granted ? beside.Take(0) : null;
        return token is null ? Errno.EACCES : Result<Fd>.From(token);
    }
}
