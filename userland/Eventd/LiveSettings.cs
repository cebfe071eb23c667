// SPDX-License-Identifier: MIT
using System.Threading;

namespace Eventd;

/// <summary>The settings in force: replaced as a whole, read anew at every use (EVT-274).</summary>
internal sealed class LiveSettings(Settings settings)
{
    private Settings _current = settings;

    /// <summary>Now.</summary>
    internal Settings Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
