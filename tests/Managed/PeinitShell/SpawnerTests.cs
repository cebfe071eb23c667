// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Tests.Ipc;
using Xunit;

namespace Peios.Tests.PeinitShell;

[Collection("children")]
public sealed class SpawnerTests
{
    [Fact]
    [Rule("PEINIT-182")]
    [Rule("PEINIT-185")]
    public void Start_True_ExecutedAndExitsZero()
    {
        using Run run = Run.Of(new SpawnPlan { Path = "/bin/true", Arguments = ["/bin/true"], Environment = [] });
        Assert.Equal(SpawnVerdict.Executed, run.Report.Verdict);
        Assert.Equal(0, run.Exit.Code);
    }

    [Theory]
    [Rule("PEINIT-186")]
    [Rule("PEINIT-188")]
    [Rule("PEINIT-190")]
    [InlineData("/nonexistent", "/", 9, 2, 127)]
    [InlineData("/etc/passwd", "/", 9, 13, 127)]
    [InlineData("/", "/", 9, 13, 127)]
    [InlineData("/bin/true", "/nonexistent", 5, 2, 126)]
    [InlineData("/bin/true", "/etc/passwd", 5, 20, 126)]
    public void Start_FailingStep_ReportsStepAndErrno(string path, string cwd, int step, int errno, int code)
    {
        using Run run = Run.Of(new SpawnPlan { Path = path, Arguments = [path], Environment = [], WorkingDirectory = cwd });
        Assert.Equal(new SpawnReport(SpawnVerdict.Failed, step, new Errno(errno)), run.Report);
        Assert.Equal(code, run.Exit.Code);
    }

    [Fact]
    [Rule("PEINIT-188")]
    public void Start_TokenThatIsNone_FailsAtTheTokenStep()
    {
        Assert.True(Files.Open("/dev/null", Files.ReadWrite).TryGet(out Fd? null_));
        using (null_)
        {
            using Run run = Run.Of(new SpawnPlan
            {
                Path = "/bin/true",
                Arguments = ["x"],
                Environment = [],
                Token = null_,
                InstallRequest = 0x4B03,
            });
            Assert.Equal(new SpawnReport(SpawnVerdict.Failed, 2, Errno.ENOTTY), run.Report);
        }
    }

    [Fact]
    [Rule("PEINIT-195")]
    [Rule("PEINIT-192")]
    [Rule("HAZ-036")]
    public void Start_OpenDescriptors_ChildSeesStdioOnly()
    {
        // A descriptor without close-on-exec stands for whatever a library may have opened.
        using FileStream leaked = new("/etc/passwd", FileMode.Open, FileAccess.Read);
        Assert.True(ClearCloseOnExec((int)leaked.SafeFileHandle.DangerousGetHandle()));
        string seen = Output(["/bin/sh", "-c", "ls /proc/self/fd | tr '\\n' ' '; env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD="], ["ONLY=this"]);
        Assert.Equal("0 1 2 3 ONLY=this\n", seen);
    }

    [Fact]
    [Rule("PEINIT-188")]
    public void Start_SignalsAndUmask_AreDefault()
    {
        string seen = Output(["/bin/sh", "-c", "grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\t\\n'; umask"], []);
        Assert.Equal("SigBlk:0000000000000000SigIgn:00000000000000000022\n", seen);
    }

    [Fact]
    [Rule("PEINIT-188")]
    public void Start_Limits_AreSoftAndHard()
    {
        using Capture capture = new();
        using Run run = Run.Of(new SpawnPlan
        {
            Path = "/bin/sh",
            Arguments = ["sh", "-c", "ulimit -Sn; ulimit -Hn; ulimit -Sc; cat /proc/self/oom_score_adj"],
            Environment = [],
            OpenFiles = 77,
            CoreBytes = 0,
            OomScoreAdj = 500,
            Stdout = capture.Write,
        });
        Assert.Equal(new SpawnReport(SpawnVerdict.Executed, 0, Errno.None), run.Report);
        Assert.Equal("77\n77\n0\n500\n", capture.Text());
    }

    [Fact]
    public void Start_WithoutALimit_ChildDoesNotGetThatOfPid1()
    {
        using Capture capture = new();
        using Run run = Run.Of(new SpawnPlan
        {
            Path = "/bin/sh", Arguments = ["sh", "-c", "ulimit -Sn; ulimit -Hn"], Environment = [], Stdout = capture.Write,
        });
        Assert.Equal("1024\n4096\n", capture.Text());
    }

    [Fact]
    [Rule("HAZ-035")]
    public void ReadReport_ChildKilledBeforeExec_IsAFailure()
    {
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        using (read)
        {
            bool announced = false;
            Assert.Equal(SpawnVerdict.Pending, Spawner.ReadReport(read!, ref announced).Verdict);
            write!.Dispose();
            Assert.Equal(new SpawnReport(SpawnVerdict.Failed, 0, Errno.EIO), Spawner.ReadReport(read!, ref announced));
        }
    }

    [Theory]
    [Rule("PEINIT-186")]
    [InlineData("09000000")]
    [InlineData("0900000000000000050000")]
    public void ReadReport_TornRecord_IsStepZeroEio(string hex)
    {
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        using (read)
        {
            Assert.True(Files.WriteAll(write!, Convert.FromHexString(hex)).Ok);
            write!.Dispose();
            bool announced = false;
            Assert.Equal(new SpawnReport(SpawnVerdict.Failed, 0, Errno.EIO), Spawner.ReadReport(read!, ref announced));
        }
    }

    [Fact]
    [Rule("HAZ-040")]
    public void Unmount_NoMountPoint_ReportsErrno()
    {
        Assert.True(Spawner.Unmount("/nonexistent", 0).TryGet(out SpawnedChild? child));
        using Run run = Run.Until(child);
        Assert.Equal(Spawner.CallStep, run.Report.Step);
        Assert.Equal(126, run.Exit.Code);
    }

    [Fact]
    public void Start_ManyTimes_LeaksNothing()
    {
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 20; i++)
        {
            using Run run = Run.Of(new SpawnPlan { Path = i % 2 == 0 ? "/bin/true" : "/nonexistent", Arguments = ["x"], Environment = [] });
        }

        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 2);
    }

    [Fact]
    [Rule("PEINIT-007")]
    public void Start_DescriptorWhoseCloseTakesAnHour_ChildDoesNotWaitForIt()
    {
        ulong[] processors = OnOneProcessor();
        try
        {
            bool caught = false;
            for (int i = 0; i < 100 && !caught; i++)
            {
                caught = StartedWithLastCopy();
            }

            Assert.True(caught, "the child was never stopped before it had closed what it got");
        }
        finally
        {
            Bind(processors);
        }
    }

    [Theory]
    [InlineData("/etc", 0u, 0)]
    [InlineData("/etc/passwd", 0u, 0)]
    [InlineData("/etc/passwd", 0x8000u, 0)]
    [InlineData("/etc", 0x4000u, 0)]
    [InlineData("/proc/self/cwd", 0x4000u, 0)]
    [InlineData("/etc", 0x8000u, 22)]
    [InlineData("/etc/passwd", 0x4000u, 22)]
    [InlineData("/dev/null", 0x8000u, 22)]
    [InlineData("/nonexistent", 0u, 2)]
    [InlineData("/etc/passwd/x", 0u, 20)]
    [Rule("PEINIT-106", "PEINIT-107")]
    public void LookAt_Path_IsThereAndOfTheKindOrHasAnErrno(string path, uint type, int errno)
    {
        Assert.True(Spawner.LookAt(path, type).TryGet(out SpawnedChild? child));
        using Run run = Run.Until(child);
        Assert.Equal(errno == 0 ? SpawnVerdict.Executed : SpawnVerdict.Failed, run.Report.Verdict);
        Assert.Equal(new Errno(errno), run.Report.Error);
    }

    private static bool StartedWithLastCopy()
    {
        using Lingering lingering = new();
        Fd socket = lingering.Open();
        Assert.True(Spawner.Start(new SpawnPlan { Path = "/bin/true", Arguments = ["true"], Environment = [] }).TryGet(out SpawnedChild? child));
        // Stopped before it has closed what it got from us: now it has the last copy.
        Assert.True(Processes.Signal(child.Process, 19).Ok);
        bool caught = Has(child.Pid, socket.Raw);
        Strangers.Close(socket);
        Assert.True(Processes.Signal(child.Process, 18).Ok);
        Lingering.Quickly(() =>
        {
            using Run run = Run.Until(child);
            Assert.Equal(SpawnVerdict.Executed, run.Report.Verdict);
        });
        return caught;
    }

    // A child of a thread that is bound to one processor runs after it.
    private static unsafe ulong[] OnOneProcessor()
    {
        ulong[] all = new ulong[128];
        fixed (ulong* mask = all)
        {
            Assert.Equal(0, sched_getaffinity(0, (nuint)all.Length * 8, mask));
        }

        ulong[] one = new ulong[128];
        int word = Array.FindIndex(all, w => w != 0);
        one[word] = all[word] & (~all[word] + 1);
        Bind(one);
        return all;
    }

    private static unsafe void Bind(ulong[] processors)
    {
        fixed (ulong* mask = processors)
        {
            Assert.Equal(0, sched_setaffinity(0, (nuint)processors.Length * 8, mask));
        }
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern unsafe int sched_getaffinity(int thread, nuint size, ulong* mask);

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern unsafe int sched_setaffinity(int thread, nuint size, ulong* mask);

    // Until the stop has arrived the table may still change; a child that has executed has another one.
    private static bool Has(int pid, int fd)
    {
        string state;
        do
        {
            state = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1][..1];
        }
        while (state is not ("T" or "Z"));
        return state == "T" && Directory.Exists($"/proc/{pid}/fd") && File.Exists($"/proc/{pid}/fdinfo/{fd}");
    }

    private static string Output(string[] arguments, string[] environment)
    {
        using Capture capture = new();
        using Run run = Run.Of(new SpawnPlan
        {
            Path = arguments[0],
            Arguments = arguments,
            Environment = environment,
            Stdout = capture.Write,
        });
        Assert.Equal(SpawnVerdict.Executed, run.Report.Verdict);
        return capture.Text();
    }

    private static bool ClearCloseOnExec(int fd) => Libc.fcntl(fd, 2, 0) == 0;

    /// <summary>A child followed to its end through report pipe and pidfd.</summary>
    private sealed class Run : IDisposable
    {
        private readonly SpawnedChild _child;

        private Run(SpawnedChild child)
        {
            _child = child;
            bool announced = false;
            do
            {
                _ = Polling.Wait(child.Report, Polling.Readable, 10_000);
                Report = Spawner.ReadReport(child.Report, ref announced);
            }
            while (Report.Verdict == SpawnVerdict.Pending);
            _ = Polling.Wait(child.Process, Polling.Readable, 10_000);
            Exit = Wait(child.Pid);
        }

        internal SpawnReport Report { get; }

        internal ExitedChild Exit { get; }

        public void Dispose() => _child.Dispose();

        internal static Run Of(SpawnPlan plan)
        {
            Assert.True(Spawner.Start(plan).TryGet(out SpawnedChild? child, out Errno error), error.ToString());
            return new Run(child);
        }

        internal static Run Until(SpawnedChild child) => new(child);

        private static unsafe ExitedChild Wait(int pid)
        {
            Libc.Siginfo info = default;
            int r;
            do
            {
                r = Libc.waitid(Libc.WaitPid, pid, &info, Libc.WaitExited);
            }
            while (r < 0 && Libc.LastError == Errno.EINTR);
            Assert.Equal(0, r);
            return new ExitedChild(pid, info.Code == 1 ? info.Status : null, info.Code == 1 ? null : info.Status);
        }
    }

    private sealed class Capture : IDisposable
    {
        private readonly Fd _read;

        internal Capture()
        {
            Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
            _read = read!;
            Write = write!;
        }

        internal Fd Write { get; }

        public void Dispose()
        {
            _read.Dispose();
            Write.Dispose();
        }

        internal string Text()
        {
            byte[] buffer = new byte[4096];
            return Files.Read(_read, buffer).TryGet(out int n) ? Encoding.UTF8.GetString(buffer, 0, n) : string.Empty;
        }
    }
}
