// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace Tests.Vm.Harness;

/// <summary>Records the serial console and looks for complaints of the kernel in it.</summary>
public sealed partial class GuestConsole
{
    private readonly object _gate = new();
    private readonly StringBuilder _text = new();
    private int _searched;
    private string? _complaint;

    internal GuestConsole(string path) => Path = path;

    /// <summary>The log file.</summary>
    public string Path { get; }

    /// <summary>Everything so far, without carriage returns.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>Length of <see cref="Text"/>, to wait for what comes after it.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
            {
                return _text.Length;
            }
        }
    }

    /// <summary>The first line with which the kernel complained, or null.</summary>
    public string? KernelComplaint
    {
        get
        {
            lock (_gate)
            {
                if (_complaint is null)
                {
                    string fresh = _text.ToString(_searched, _text.Length - _searched);
                    Match match = Complaints().Match(fresh);
                    _complaint = match.Success ? match.Value : null;
                    // A line may still be growing: look at it again next time.
                    _searched += fresh.LastIndexOf('\n') + 1;
                }

                return _complaint;
            }
        }
    }

    /// <summary>The last lines.</summary>
    public string Tail(int lines)
    {
        string[] all = Text.TrimEnd().Split('\n');
        return string.Join('\n', all[Math.Max(0, all.Length - lines)..]);
    }

    internal void WaitForOutput(TimeSpan atMost)
    {
        lock (_gate)
        {
            Monitor.Wait(_gate, atMost);
        }
    }

    internal void Record(Stream stream)
    {
        Thread thread = new(() => Copy(stream)) { IsBackground = true, Name = "guest console" };
        thread.Start();
    }

    // Lines that lib/bug.c, panic.c, lockdep, the RCU and hung-task detectors and KASAN print.
    [GeneratedRegex(@"^.*(WARNING: |BUG: |Oops|Kernel panic|general protection fault|INFO: (task|rcu)|unable to handle|watchdog: BUG|refcount_t: |possible recursive locking).*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Complaints();

    private void Copy(Stream stream)
    {
        byte[] buffer = new byte[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] characters = new char[4097];
        try
        {
            for (int n; (n = stream.Read(buffer)) > 0;)
            {
                int count = decoder.GetChars(buffer.AsSpan(0, n), characters, flush: false);
                Append(new string(characters, 0, count).Replace("\r", "", StringComparison.Ordinal));
            }
        }
        catch (IOException)
        {
            // The machine was killed; its pipe went with it.
        }
    }

    private void Append(string text)
    {
        lock (_gate)
        {
            _text.Append(text);
            File.AppendAllText(Path, text);
            Monitor.PulseAll(_gate);
        }
    }
}
