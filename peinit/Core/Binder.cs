// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>Draws the relations of a graph into the services: ranks, edges in both directions, conflicts, cycles.</summary>
internal static class Binder
{
    /// <summary>Draws a graph of the current models.</summary>
    public static void Bind(Machine machine, Graph graph)
    {
        IReadOnlyList<Service> services = machine.Services;
        for (int i = 0; i < services.Count; i++)
        {
            services[i].Ordinal = i;
            services[i].Dependents.Clear();
            services[i].Conflicting.Clear();
        }

        foreach (Service service in services)
        {
            int node = service.Model is null ? -1 : graph.IndexOf(service.Name);
            service.Cycle = node < 0 ? null : graph.CycleOf[node];
            service.Dependencies = BindEdges(machine, service, node < 0 ? [] : graph.Edges[node]);
            foreach (int other in node < 0 ? [] : graph.Conflicts[node])
            {
                service.Conflicting.Add(machine.FindService(graph.Nodes[other].Name)!);
            }

            if (service.Model is null)
            {
                BindRemoved(machine, service);
            }

            machine.Prerequisites.ModelChanged(service);
        }
    }

    /// <summary>Readiness=Alive says nothing about serving: what requires the service may start too early (PEINIT-105).</summary>
    public static void WarnOfAlive(Machine machine, Service target)
    {
        if (target.Model is not { Type: ServiceType.Simple, Readiness: Readiness.Alive })
        {
            return;
        }

        foreach (Service dependent in target.Dependents)
        {
            foreach (Dependency dependency in dependent.Dependencies)
            {
                if (dependency.Target == target && dependency.Kind != DependencyKind.Wants)
                {
                    string text = $"Readiness is Alive: {dependent.Name}, which requires it, may start before it serves";
                    machine.Log(LogLevel.Warning, LogMessage.DefinitionWarning, target, text);
                }
            }
        }
    }

    private static Dependency[] BindEdges(Machine machine, Service service, GraphEdge[] edges)
    {
        Dependency[] bound = new Dependency[edges.Length];
        for (int i = 0; i < edges.Length; i++)
        {
            Service? target = machine.FindService(edges[i].Name);
            target = target?.Model is null ? null : target;
            bound[i] = new Dependency(target, edges[i].Name, edges[i].Kind);
            foreach (Dependency old in service.Dependencies)
            {
                bound[i].Satisfied |= old.Satisfied && old.Target == target;
            }

            target?.Dependents.Add(service);
        }

        return bound;
    }

    /// <summary>A service whose definition is gone still cannot run beside those that conflict with it.</summary>
    private static void BindRemoved(Machine machine, Service removed)
    {
        foreach (Service other in machine.Model.Services)
        {
            if (other.Model is { IsValid: true } model
                && (Words.Contains(model.Conflicts, removed.Name) || Words.Contains(removed.Activation!.Conflicts, other.Name)))
            {
                other.Conflicting.Add(removed);
                removed.Conflicting.Add(other);
            }
        }
    }
}
