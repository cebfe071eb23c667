// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Peinit.Core;

/// <summary>
/// The relations between definitions, resolved: edges, conflicts, cycles and the boot graph (PEINIT-259 to 274). Built
/// for a whole model at once, so that a model can be judged before it is taken. Nothing recurses: a chain of ten
/// thousand services must not overflow the stack of PID 1.
/// </summary>
internal sealed class Graph
{
    private readonly Dictionary<string, int> _index = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _cycles = [];

    /// <summary>Resolves all relations of a set of definitions with distinct names.</summary>
    public Graph(IReadOnlyList<ServiceDefinition> definitions)
    {
        ServiceDefinition[] nodes = [.. definitions];
        Array.Sort(nodes, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        Nodes = nodes;
        for (int i = 0; i < nodes.Length; i++)
        {
            _index[nodes[i].Name] = i;
        }

        Edges = new GraphEdge[nodes.Length][];
        Conflicts = new List<int>[nodes.Length];
        CycleOf = new string?[nodes.Length];
        InBoot = new bool[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            Conflicts[i] = [];
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            Edges[i] = nodes[i].IsValid ? ResolveEdges(nodes[i]) : [];
            ResolveConflicts(i);
        }

        FindCycles();
        MarkBoot();
    }

    /// <summary>The definitions in ordinal name order; all indices refer to it.</summary>
    public ServiceDefinition[] Nodes { get; }

    /// <summary>Per definition its Requires, BindsTo and Wants, one edge a target, the strictest relation winning.</summary>
    public GraphEdge[][] Edges { get; }

    /// <summary>Per definition whom it cannot run beside, whoever declared it (PEINIT-264).</summary>
    public List<int>[] Conflicts { get; }

    /// <summary>Per definition the path of a cycle it is a member of, or null.</summary>
    public string?[] CycleOf { get; }

    /// <summary>Per definition whether the boot starts it, directly or as a dependency (PEINIT-053).</summary>
    public bool[] InBoot { get; }

    /// <summary>The paths of the cycles; every member of a cycle is on one of them.</summary>
    public IReadOnlyList<string> Cycles => _cycles;

    /// <summary>Index of a name, or -1.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    private GraphEdge[] ResolveEdges(ServiceDefinition definition)
    {
        List<GraphEdge> edges = [];
        Add(edges, definition.BindsTo, DependencyKind.BindsTo);
        Add(edges, definition.Requires, DependencyKind.Requires);
        Add(edges, definition.Wants, DependencyKind.Wants);
        return [.. edges];
    }

    private void Add(List<GraphEdge> edges, string[] names, DependencyKind kind)
    {
        foreach (string name in names)
        {
            bool known = false;
            foreach (GraphEdge edge in edges)
            {
                known |= string.Equals(edge.Name, name, StringComparison.OrdinalIgnoreCase);
            }

            if (!known)
            {
                edges.Add(new GraphEdge(IndexOf(name), name, kind));
            }
        }
    }

    private void ResolveConflicts(int node)
    {
        if (!Nodes[node].IsValid)
        {
            return;
        }

        if (string.Equals(Nodes[node].OnFailure, Nodes[node].Name, StringComparison.OrdinalIgnoreCase))
        {
            AddCycle(Nodes[node].Name + " -> " + Nodes[node].Name, node);
        }

        foreach (string name in Nodes[node].Conflicts)
        {
            int other = IndexOf(name);
            if (other < 0)
            {
                continue;
            }

            if (other == node)
            {
                AddCycle(Nodes[node].Name + " -> " + Nodes[node].Name, node);
            }
            else if (!Conflicts[node].Contains(other))
            {
                Conflicts[node].Add(other);
                Conflicts[other].Add(node);
            }
        }
    }

    /// <summary>An edge that can pull its target in; a Wants edge to a Disabled service cannot (PEINIT-093).</summary>
    private bool Pulls(in GraphEdge edge) => edge.Target >= 0 && !(edge.Kind == DependencyKind.Wants && Nodes[edge.Target].Disabled);

    private void AddCycle(string path, int member)
    {
        CycleOf[member] ??= path;
        if (!_cycles.Contains(path))
        {
            _cycles.Add(path);
        }
    }

    /// <summary>Tarjan's strongly connected components, with the call stack made explicit.</summary>
    private void FindCycles()
    {
        int count = Nodes.Length;
        int[] order = new int[count];
        int[] low = new int[count];
        int[] component = new int[count];
        int[] next = new int[count];
        Stack<int> calls = new();
        Stack<int> open = new();
        int visited = 0;
        int components = 0;
        for (int root = 0; root < count; root++)
        {
            if (order[root] != 0)
            {
                continue;
            }

            calls.Push(root);
            while (calls.TryPeek(out int node))
            {
                if (order[node] == 0)
                {
                    order[node] = low[node] = ++visited;
                    open.Push(node);
                }

                if (next[node] < Edges[node].Length)
                {
                    GraphEdge edge = Edges[node][next[node]++];
                    if (!Pulls(edge))
                    {
                        continue;
                    }

                    if (order[edge.Target] == 0)
                    {
                        calls.Push(edge.Target);
                    }
                    else if (component[edge.Target] == 0)
                    {
                        low[node] = Math.Min(low[node], order[edge.Target]);
                    }

                    continue;
                }

                calls.Pop();
                if (calls.TryPeek(out int caller))
                {
                    low[caller] = Math.Min(low[caller], low[node]);
                }

                if (low[node] == order[node])
                {
                    components++;
                    int member;
                    do
                    {
                        member = open.Pop();
                        component[member] = components;
                    }
                    while (member != node);
                }
            }
        }

        for (int node = 0; node < count; node++)
        {
            if (CycleOf[node] is null)
            {
                ReportCycle(node, component);
            }
        }
    }

    /// <summary>The shortest cycle through a node inside its component, if there is one: it becomes the node's path.</summary>
    private void ReportCycle(int start, int[] component)
    {
        Dictionary<int, int> previous = [];
        Queue<int> queue = new();
        queue.Enqueue(start);
        while (queue.TryDequeue(out int node))
        {
            foreach (GraphEdge edge in Edges[node])
            {
                if (!Pulls(edge) || component[edge.Target] != component[start])
                {
                    continue;
                }

                if (edge.Target == start)
                {
                    ReportPath(start, node, previous);
                    return;
                }

                if (previous.TryAdd(edge.Target, node))
                {
                    queue.Enqueue(edge.Target);
                }
            }
        }
    }

    private void ReportPath(int start, int last, Dictionary<int, int> previous)
    {
        List<int> members = [];
        for (int node = last; node != start; node = previous[node])
        {
            members.Add(node);
        }

        members.Add(start);
        members.Reverse();
        StringBuilder path = new();
        foreach (int member in members)
        {
            path.Append(Nodes[member].Name).Append(" -> ");
        }

        string text = path.Append(Nodes[start].Name).ToString();
        foreach (int member in members)
        {
            AddCycle(text, member);
        }
    }

    private void MarkBoot()
    {
        Stack<int> reached = new();
        for (int i = 0; i < Nodes.Length; i++)
        {
            if (Nodes[i] is { BootTrigger: true, Disabled: false })
            {
                InBoot[i] = true;
                reached.Push(i);
            }
        }

        while (reached.TryPop(out int node))
        {
            foreach (GraphEdge edge in Edges[node])
            {
                if (Pulls(edge) && !InBoot[edge.Target])
                {
                    InBoot[edge.Target] = true;
                    reached.Push(edge.Target);
                }
            }
        }
    }
}
