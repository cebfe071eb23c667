// SPDX-License-Identifier: MIT
using System;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using Tests.Vm;

namespace Tour;

/// <summary>From power-on to services that answer the host.</summary>
internal static class BootSteps
{
    public static void Run(Guest guest, Transcript transcript)
    {
        transcript.Step("The boot log", "Debian's kernel, the initramfs with pkm.ko, then peinit: phase 1, registryd, phase 2.");
        guest.WaitForConsole("Peios. This shell has the SYSTEM token");
        Transcript.Print(guest.Console.Text);
        transcript.Require(guest.Console.Text.Contains("peinit", StringComparison.Ordinal), "peinit is PID 1 and has brought the console up");

        transcript.Step("The services", "svctl asks peinit, which answers what the caller's token may see.");
        string list = transcript.Show("svctl list");
        foreach (string name in (string[])["registryd", "lpsd", "authd", "eventd", "redis", "nginx"])
        {
            transcript.Require(HasState(list, name, "active"), $"{name} is active");
        }

        transcript.Require(HasState(list, "boot-note", "completed"), "the Oneshot boot-note has completed");

        transcript.Step("Real services answer", "redis and nginx are Debian's packages, unmodified; these requests come from the host.");
        string pong = AskRedis("PING\r\n");
        Transcript.Print($"redis: PING -> {pong.Trim()}");
        transcript.Require(pong == "+PONG\r\n", "redis answers on a forwarded port");
        using HttpClient http = new();
        string page = http.GetStringAsync(new Uri($"http://127.0.0.1:{HostPorts.Nginx}/")).GetAwaiter().GetResult();
        Transcript.Print(page);
        transcript.Require(page.Contains("LocalService", StringComparison.Ordinal), "nginx serves its page");
    }

    /// <summary>Sends one command to redis through the forwarded port.</summary>
    public static string AskRedis(string command)
    {
        using TcpClient client = new("127.0.0.1", HostPorts.Redis);
        client.ReceiveTimeout = 60_000;
        client.Client.Send(Encoding.ASCII.GetBytes(command));
        byte[] answer = new byte[4096];
        return Encoding.ASCII.GetString(answer, 0, client.Client.Receive(answer));
    }

    /// <summary>Does a table of svctl give the service this state?</summary>
    public static bool HasState(string list, string service, string state)
    {
        foreach (string line in list.Split('\n'))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 2 && fields[0] == service)
            {
                return string.Equals(fields[1], state, StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
