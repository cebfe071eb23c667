// SPDX-License-Identifier: MIT
namespace Tests.Vm.Harness;

/// <summary>Service definitions in the registry of a running guest.</summary>
internal static class ServiceKeys
{
    /// <summary>
    /// Writes a definition and has it read. It runs as SYSTEM and is never restarted unless the values say otherwise.
    /// </summary>
    /// <param name="guest">The machine.</param>
    /// <param name="name">Name of the service.</param>
    /// <param name="values">Name and data, in turn, as <c>regctl set</c> takes them.</param>
    internal static void Define(Guest guest, string name, params string[] values)
    {
        string key = $@"Machine\System\Services\{name}";
        string define = $"regctl new -p '{key}' && regctl set '{key}' Identity sz:SYSTEM && regctl set '{key}' RestartPolicy dword:0";
        for (int i = 0; i < values.Length; i += 2)
        {
            define += $" && regctl set '{key}' {values[i]} '{values[i + 1]}'";
        }

        guest.Shell(define);
        // Whatever else is invalid refuses the whole; one definition alone comes by its notification.
        guest.Execute(GuestCommand.Shell("svctl reload-config"));
        guest.Eventually("peinit has read the definition", () => guest.Execute(new GuestCommand("/bin/svctl", "status", name)).ExitCode == 0);
    }
}
