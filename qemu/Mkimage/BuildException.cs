// SPDX-License-Identifier: MIT
using System;

namespace Mkimage;

/// <summary>Something in a manifest, a package or a tool that stops the image; the message is all that a user needs.</summary>
internal sealed class BuildException : Exception
{
    public BuildException(string message)
        : base(message)
    {
    }
}
