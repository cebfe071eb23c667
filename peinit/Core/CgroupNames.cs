// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;

namespace Peinit.Core;

/// <summary>Paths of service trees below the peinit cgroup, no two services sharing one (PEINIT-170, PEINIT-171).</summary>
internal static class CgroupNames
{
    /// <summary>Gives a new service its first path.</summary>
    public static void Assign(IReadOnlyList<Service> services, Service service)
    {
        string id = service.Name.Replace('/', '-');
        service.CgroupBase = id;
        service.CgroupPath = id;
        for (int n = 1; IsTaken(services, service, service.CgroupPath); n++)
        {
            service.CgroupBase = id + ".dup" + n.ToString(CultureInfo.InvariantCulture);
            service.CgroupPath = service.CgroupBase;
        }
    }

    /// <summary>Path of a service's tree with its generation.</summary>
    public static string PathOf(Service service) => service.Generation == 0
        ? service.CgroupBase
        : service.CgroupBase + ".gen" + service.Generation.ToString(CultureInfo.InvariantCulture);

    private static bool IsTaken(IReadOnlyList<Service> services, Service owner, string path)
    {
        foreach (Service service in services)
        {
            if (service != owner && (service.CgroupPath == path || service.CgroupBase == path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The tree of the last start cannot be removed: the next one gets another path that nobody uses (PEINIT-171).</summary>
    public static void NextGeneration(IReadOnlyList<Service> services, Service service)
    {
        do
        {
            service.Generation++;
            service.CgroupPath = PathOf(service);
        }
        while (IsTaken(services, service, service.CgroupPath));
    }
}
