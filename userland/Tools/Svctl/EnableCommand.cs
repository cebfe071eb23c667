// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl enable</c> and <c>disable</c>: the registry value Disabled; peinit has no such command (PEINIT-094).</summary>
internal static class EnableCommand
{
    internal static ExitCode Enable(ToolContext context) => Set(context, 0);

    internal static ExitCode Disable(ToolContext context) => Set(context, 1);

    private static ExitCode Set(ToolContext context, uint disabled)
    {
        string name = context.Operands[0];
        if (name.Contains('\\') || name.Contains('/'))
        {
            return context.Fail(ExitCode.InvalidInput, $"{name} is no service name", "EINVAL");
        }

        if (!RegistryClient.Connect().TryGet(out RegistryClient? client, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"cannot reach the registry: {error.Message}", error.Name);
        }

        using (client)
        {
            if (!client.Open($@"Machine\System\Services\{name}", KeyRights.SetValue).TryGet(out RegistryKey? key, out error))
            {
                return Failed(context, name, error);
            }

            using (key)
            {
                error = key.Set("Disabled", RegistryValue.FromDword(disabled));
                if (!error.Ok)
                {
                    return Failed(context, name, error);
                }
            }
        }

        string state = disabled == 0 ? "enabled" : "disabled";
        if (context.Json)
        {
            context.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("service", name);
                json.WriteBoolean("disabled", disabled != 0);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Out.WriteLine(Table.Printable($"{name}: {state}"));
        }

        return ExitCode.Success;
    }

    private static ExitCode Failed(ToolContext context, string name, Errno error)
    {
        if (error == Errno.ENOENT)
        {
            return context.Fail(ExitCode.NotFound, $"there is no service {name}", error.Name);
        }

        return error == Errno.EACCES
            ? context.Fail(ExitCode.Denied, $"{name}: KEY_SET_VALUE on its registry key is not granted", error.Name)
            : context.Fail(
                ExitCode.Unreachable,
                $"{name}: {(error == Errno.EIO ? "the registry's store is down or failed ('svctl status registryd')" : error.Message)}",
                error.Name);
    }
}
