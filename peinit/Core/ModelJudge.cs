// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>Whether reload-config may take a model (PEINIT-402, PEINIT-403).</summary>
internal static class ModelJudge
{
    /// <summary>All errors of a model: invalid definitions, cycles, missing targets, conflicts of the boot.</summary>
    public static List<string> Judge(Graph graph)
    {
        List<string> errors = [.. graph.Cycles];
        for (int i = 0; i < errors.Count; i++)
        {
            errors[i] = "dependency cycle: " + errors[i];
        }

        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            ServiceDefinition node = graph.Nodes[i];
            foreach (string error in node.Errors)
            {
                errors.Add(node.Name + ": " + error);
            }

            foreach (GraphEdge edge in graph.Edges[i])
            {
                if (edge.Target < 0 && edge.Kind != DependencyKind.Wants)
                {
                    errors.Add(node.Name + ": " + edge.Kind + " names " + edge.Name + ", which does not exist");
                }
            }

            foreach (int other in graph.Conflicts[i])
            {
                if (i < other && graph.InBoot[i] && graph.InBoot[other])
                {
                    errors.Add(node.Name + " conflicts with " + graph.Nodes[other].Name + ", and both start at boot");
                }
            }
        }

        return errors;
    }
}
