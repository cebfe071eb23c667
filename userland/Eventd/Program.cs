// SPDX-License-Identifier: MIT
using System;
using Eventd;
using Eventd.Access;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Interop.Kmes;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Peios.Registry;

// How long a graceful stop may take; peinit kills what takes longer than its own limit anyway.
const int StopMs = 20000;

if (args.Length > 0)
{
    Console.Error.WriteLine("usage: eventd (configured in the registry, Machine\\System\\eventd)");
    return 64;
}

// Before the first connection. The allocator's own counters are not worth a lock for each allocation.
_ = SqliteDatabase.DisableMemoryStatistics();

// First of all: a SIGTERM from here on is an orderly stop.
if (!Signals.Open([Signals.Terminate, Signals.Interrupt, Signals.Hangup, Signals.Quit]).TryGet(out Fd? signals, out Errno error))
{
    return Failed($"signals: {error}");
}

if (!RegistryClient.Connect().TryGet(out RegistryClient? registry, out error))
{
    return Failed($"registry: {error}");
}

Settings? settings = SettingsReader.Read(registry, out string problem);
if (settings is null)
{
    return Failed(problem);
}

if (!BootId.Get().TryGet(out Guid boot, out error))
{
    return Failed($"no boot id: {error}");
}

if (!KmesDevice.Open().TryGet(out KmesDevice? kmes, out error))
{
    return Failed($"{KmesDevice.Path}: {error}");
}

if (!KacsDevice.Open().TryGet(out KacsDevice? kacs, out error))
{
    return Failed($"{KacsDevice.Path}: {error}");
}

SecurityCatalogue security = SecurityCatalogue.Load(registry);
Daemon? daemon = Daemon.Start(settings, boot, new KmesRingSource(kmes), new KacsJudge(kacs), security, out problem);
if (daemon is null)
{
    return Failed(problem);
}

Report.Info("metrics are not collected yet: no metric socket is open");
_ = NotifyClient.Ready();

// After readiness: changes that came before are found by its first look (EVT-253). The connection stays its own.
ConfigurationWatch watch = new(daemon, security);
watch.Start();

int signal;
do
{
    _ = Polling.Wait(signals, Polling.Readable, -1);
    signal = Signals.Next(signals);
    if (signal == Signals.Hangup)
    {
        watch.ReadAgain(registry);
    }
}
while (signal is not (Signals.Terminate or Signals.Interrupt or Signals.Quit));

if (signal == Signals.Quit)
{
    Report.Info(daemon.Describe()); // EVT-256
}

_ = NotifyClient.Stopping();
bool done = daemon.Stop(StopMs);
if (done)
{
    daemon.Dispose();
}

return done ? 0 : Failed("stopped with threads still busy; uncommitted rows are lost");

static int Failed(string message)
{
    Report.Error(message);
    return 1;
}
