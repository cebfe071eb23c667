// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// The in-memory model (PEINIT-155 to 168): which services exist, by which definitions, and how changes reach them.
/// registryd's compiled-in definition always stays in force (PEINIT-044).
/// </summary>
internal sealed class ModelStore(Machine machine)
{
    private readonly Dictionary<string, Service> _byName = new(StringComparer.OrdinalIgnoreCase);

    private readonly List<Service> _services = [];

    private readonly Dictionary<string, ServiceDefinition?> _deferred = new(StringComparer.OrdinalIgnoreCase);

    private readonly List<Service> _gone = [];

    /// <summary>All services in ordinal name order; as a list, since enumerating that allocates nothing.</summary>
    public List<Service> Services => _services;

    /// <summary>registryd's compiled-in definition.</summary>
    public ServiceDefinition? CompiledIn { get; set; }

    /// <summary>Starts at once at most.</summary>
    public uint MaxParallelStarts { get; set; } = 10;

    /// <summary>Seconds.</summary>
    public uint BootSuccessGrace { get; set; } = 30;

    /// <summary>Seconds.</summary>
    public uint ShutdownTimeout { get; set; } = 90;

    /// <summary>Changes that wait for the end of the boot; a null definition is a removal.</summary>
    public IReadOnlyDictionary<string, ServiceDefinition?> Deferred => _deferred;

    /// <summary>Every definition in use, by number.</summary>
    public DefinitionTable Definitions { get; } = new();

    /// <summary>Finds a service by name.</summary>
    public Service? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Takes one definition, as registryd's in Phase 1.</summary>
    public Service Take(ServiceDefinition definition)
    {
        Service service = Upsert(definition);
        Rebind();
        return service;
    }

    /// <summary>The model of the boot: nothing is refused, invalid services fail when they start.</summary>
    public Graph Load(Configuration configuration)
    {
        Graph graph = new(Merge(configuration.Definitions));
        Apply(configuration, graph);
        return graph;
    }

    /// <summary>reload-config: all or nothing (PEINIT-402 to 405).</summary>
    public void Reload(Configuration configuration, long request)
    {
        if (machine.IsShuttingDown)
        {
            Reply(request, ReplyCode.ShuttingDown, null);
            return;
        }

        Graph graph = new(Merge(configuration.Definitions));
        List<string> errors = ModelJudge.Judge(graph);
        foreach (string error in errors)
        {
            machine.Log(LogLevel.Error, LogMessage.ConfigurationRefused, null, error);
        }

        if (errors.Count > 0)
        {
            Reply(request, ReplyCode.ValidationFailed, errors);
            return;
        }

        if (machine.Boot.FreezesModel)
        {
            DeferAll(configuration, graph);
        }
        else
        {
            Apply(configuration, graph);
        }

        Reply(request, ReplyCode.Ok, null);
    }

    /// <summary>One definition changed; an invalid one replaces the old one all the same (PEINIT-104).</summary>
    public void Change(ServiceDefinition definition)
    {
        if (machine.Boot.FreezesModel)
        {
            _deferred[definition.Name] = definition;
            Number();
            return;
        }

        Service service = Upsert(Merged(definition));
        Rebind();
        Restate(service);
    }

    /// <summary>One definition is gone.</summary>
    public void Remove(string name)
    {
        if (machine.Boot.FreezesModel)
        {
            _deferred[name] = null;
            Number();
        }
        else if (RemoveModel(Find(name)))
        {
            Rebind();
        }
    }

    /// <summary>The boot has settled: what changed meanwhile reaches the model now (PEINIT-156).</summary>
    public void ApplyDeferred()
    {
        if (_deferred.Count == 0)
        {
            return;
        }

        List<Service> changed = [];
        foreach ((string name, ServiceDefinition? definition) in _deferred)
        {
            if (definition is null)
            {
                RemoveModel(Find(name));
            }
            else
            {
                changed.Add(Upsert(Merged(definition)));
            }
        }

        _deferred.Clear();
        Rebind();
        foreach (Service service in changed)
        {
            Restate(service);
        }
    }

    /// <summary>A service came to rest: if its definition is gone, so is it (PEINIT-168).</summary>
    public void AfterDown(Service service)
    {
        if (service.Model is null && !_gone.Contains(service))
        {
            _gone.Add(service);
            machine.Note(service, Work.Advance);
        }
    }

    /// <summary>Removes services that have neither definition nor processes. True when there were any.</summary>
    public bool Sweep()
    {
        int removed = 0;
        for (int i = _gone.Count - 1; i >= 0; i--)
        {
            Service service = _gone[i];
            bool kept = service.Model is not null || service.MayHaveProcesses;
            if (kept)
            {
                _gone.RemoveAt(i);
            }
            else if (service.HookJob is null && service.ReloadJob is null)
            {
                _gone.RemoveAt(i);
                Expel(service);
                removed++;
            }
        }

        if (removed > 0)
        {
            Rebind();
        }

        return removed > 0;
    }

    /// <summary>Takes a restored service.</summary>
    public void Restore(Service service)
    {
        _services.Add(service);
        _byName[service.Name] = service;
    }

    /// <summary>Takes a restored deferred change.</summary>
    public void RestoreDeferred(string name, ServiceDefinition? definition) => _deferred[name] = definition;

    /// <summary>The model changed: draws its edges into the services, and numbers its definitions.</summary>
    private void Rebind()
    {
        Redraw();
        Number();
    }

    /// <summary>Draws the edges of the current model into the services.</summary>
    public void Redraw()
    {
        List<ServiceDefinition> definitions = [];
        foreach (Service service in _services)
        {
            if (service.Model is { } model)
            {
                definitions.Add(model);
            }
        }

        Binder.Bind(machine, new Graph(definitions));
    }

    private void Reply(long request, ReplyCode code, IReadOnlyList<string>? lines)
    {
        if (request != 0)
        {
            machine.Emit(new Effect { Kind = EffectKind.Reply, Request = request, Code = code, Lines = lines });
        }
    }

    private List<ServiceDefinition> Merge(ServiceDefinition[] definitions)
    {
        Dictionary<string, ServiceDefinition> merged = new(StringComparer.OrdinalIgnoreCase);
        if (CompiledIn is { } compiledIn)
        {
            merged[compiledIn.Name] = compiledIn;
        }

        foreach (ServiceDefinition definition in definitions)
        {
            merged[definition.Name] = Merged(definition);
        }

        return [.. merged.Values];
    }

    private ServiceDefinition Merged(ServiceDefinition definition) =>
        CompiledIn is { } compiledIn && string.Equals(compiledIn.Name, definition.Name, StringComparison.OrdinalIgnoreCase)
            ? compiledIn.WithTexts(definition)
            : definition;

    private void Apply(Configuration configuration, Graph graph)
    {
        MaxParallelStarts = Math.Max(1, configuration.MaxParallelStarts);
        BootSuccessGrace = configuration.BootSuccessGrace;
        ShutdownTimeout = configuration.ShutdownTimeout;
        foreach (ServiceDefinition definition in graph.Nodes)
        {
            Upsert(definition);
        }

        foreach (Service service in (Service[])[.. _services])
        {
            if (graph.IndexOf(service.Name) < 0)
            {
                RemoveModel(service);
            }
        }

        Binder.Bind(machine, graph);
        Number();
        machine.Log(LogLevel.Info, LogMessage.ConfigurationLoaded, null, null, graph.Nodes.Length);
        foreach (Service service in _services)
        {
            Restate(service);
        }
    }

    private void DeferAll(Configuration configuration, Graph graph)
    {
        ShutdownTimeout = configuration.ShutdownTimeout;
        _deferred.Clear();
        foreach (ServiceDefinition definition in graph.Nodes)
        {
            _deferred[definition.Name] = definition;
        }

        foreach (Service service in _services)
        {
            if (graph.IndexOf(service.Name) < 0)
            {
                _deferred[service.Name] = null;
            }
        }

        Number();
    }

    /// <summary>Says what is odd about a definition.</summary>
    private void Restate(Service service)
    {
        foreach (string error in service.Model?.Errors ?? [])
        {
            machine.Log(LogLevel.Error, LogMessage.DefinitionInvalid, service, error);
        }

        foreach (string warning in service.Model?.Warnings ?? [])
        {
            machine.Log(LogLevel.Warning, LogMessage.DefinitionWarning, service, warning);
        }

        Binder.WarnOfAlive(machine, service);
    }

    private Service Upsert(ServiceDefinition definition)
    {
        if (_byName.TryGetValue(definition.Name, out Service? service))
        {
            byte[]? good = service.Model?.Security;
            service.Name = definition.Name;
            service.Model = definition.KeepsOldSecurity && good is not null ? definition with { Security = good } : definition;
            return service;
        }

        service = new Service(definition.Name) { Model = definition };
        CgroupNames.Assign(_services, service);
        _byName[definition.Name] = service;
        int place = _services.FindIndex(other => string.CompareOrdinal(other.Name, definition.Name) > 0);
        _services.Insert(place < 0 ? _services.Count : place, service);
        return service;
    }

    private void Expel(Service service)
    {
        machine.Operations.CancelAll(service);
        machine.Prerequisites.Forget(service);
        DisarmAll(service);
        _byName.Remove(service.Name);
        _services.Remove(service);
        foreach (Service other in _services)
        {
            other.LostBinding = other.LostBinding == service ? null : other.LostBinding;
        }

        machine.Emit(new Effect { Kind = EffectKind.ForgetService, Service = service });
    }

    private bool RemoveModel(Service? service)
    {
        if (service?.Model is null || service.Model == CompiledIn || service.Model.Name == CompiledIn?.Name)
        {
            return false;
        }

        service.Activation ??= service.Model;
        service.Model = null;
        if (service.MayHaveProcesses && service.Phase is ActivationPhase.Dependencies or ActivationPhase.Slot or ActivationPhase.Delay)
        {
            // Nothing of it runs, and nothing may be started any more.
            machine.Operations.CancelAll(service);
            machine.Stopping.Begin(service, StopReason.Stop, Trigger.StopExecutes, Cause.ExplicitStop);
        }
        else if (!service.MayHaveProcesses)
        {
            AfterDown(service);
        }

        return true;
    }

    private void DisarmAll(Service service)
    {
        machine.Deadlines.Disarm(service.PhaseDeadline);
        machine.Deadlines.Disarm(service.PostHookDeadline);
        machine.Deadlines.Disarm(service.KillDeadline);
        machine.Deadlines.Disarm(service.DelayDeadline);
        machine.Deadlines.Disarm(service.WatchdogDeadline);
    }

    private void Number()
    {
        Definitions.Clear();
        Definitions.Add(CompiledIn);
        foreach (Service service in _services)
        {
            Definitions.Add(service.Model);
            Definitions.Add(service.Activation);
        }

        foreach (Job job in machine.Jobs)
        {
            Definitions.Add(job.Definition);
        }

        foreach (ServiceDefinition? definition in _deferred.Values)
        {
            Definitions.Add(definition);
        }
    }
}
