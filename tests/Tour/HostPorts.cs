// SPDX-License-Identifier: MIT
using System.Net;
using System.Net.Sockets;

namespace Tour;

/// <summary>Free TCP ports of the host for the demo services, so that a running image does not get in the way.</summary>
internal static class HostPorts
{
    /// <summary>Reaches redis.</summary>
    public static int Redis { get; } = Free();

    /// <summary>Reaches nginx.</summary>
    public static int Nginx { get; } = Free();

    private static int Free()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
