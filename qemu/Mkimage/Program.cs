// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Mkimage;

/// <summary>Entry point; <c>build.sh image</c> calls it.</summary>
internal static class Program
{
    private const string Usage = """
        Usage: mkimage root STAGE PACKAGES REGISTRYD SIZE STEP...
               mkimage initramfs OUTPUT KERNEL RELEASE BUSYBOX INIT MODULE

        root       run it under fakeroot; each STEP is one of
                     MANIFEST.toml   add a layer: packages, files, registry content
                     IMAGE.img       write what there is so far as an ext4 image of SIZE
                     ARCHIVE.tar     write what there is so far as an archive
        initramfs  pack busybox, /init, the drivers of KERNEL and the module
        """;

    private static int Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["root", string stage, string packages, string registryd, string size, _, ..]:
                    BuildRoot(new RootImage(Path.GetFullPath(stage), Path.GetFullPath(packages), Path.GetFullPath(registryd)), size, args[5..]);
                    return 0;
                case ["initramfs", string output, string kernel, string release, string busybox, string init, string module]:
                    new Initramfs(kernel, release).Write(output, busybox, init, module);
                    return 0;
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }
        catch (Exception failure) when (failure is BuildException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"mkimage: {failure.Message}");
            return 1;
        }
    }

    private static void BuildRoot(RootImage root, string size, string[] steps)
    {
        foreach (string step in steps)
        {
            if (step.EndsWith(".toml", StringComparison.Ordinal))
            {
                root.Add(ManifestReader.Read(step, Directory.GetCurrentDirectory()));
            }
            else if (step.EndsWith(".img", StringComparison.Ordinal))
            {
                root.WriteExt4(Path.GetFullPath(step), size);
            }
            else if (step.EndsWith(".tar", StringComparison.Ordinal))
            {
                root.WriteArchive(Path.GetFullPath(step));
            }
            else
            {
                throw new BuildException($"neither a manifest nor an image: {step}");
            }
        }
    }
}
