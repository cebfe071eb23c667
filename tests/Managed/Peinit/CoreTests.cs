// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Peinit.Core;
using Peios.Tests.Peinit.Simulator;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>The table, the graph, the deadlines, names, words, and the promise to allocate nothing.</summary>
public sealed class CoreTests
{
    [Fact]
    [Rule("PEINIT-214")]
    public void Table_EveryPair_IsOneThatTheSheetKnows()
    {
        string[] table = [.. Transitions.All().Select(t => $"{t.From}>{t.To}").Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(ExpectedTransitions.All().Order(StringComparer.Ordinal), table);
        foreach ((Trigger trigger, ServiceState from, ServiceState to) in Transitions.All())
        {
            foreach (Cause cause in Enum.GetValues<Cause>().Where(c => c != Cause.None && Transitions.Allows(trigger, from, to, c)))
            {
                bool passing = to == ServiceState.Inactive;
                Assert.True(passing || ExpectedTransitions.Allow(from, to, cause), $"{trigger}: {from} -> {to} ({cause})");
            }
        }
    }

    [Theory]
    [InlineData("a:b b:c c:a", "a -> b -> c -> a")]
    [InlineData("a:a", "a -> a")]
    [InlineData("a:b b:a b:c c:b", "a -> b -> a|c -> b -> c")]
    [InlineData("a:b b:c", "")]
    [InlineData("a:b,c b:d c:d", "")]
    [Rule("PEINIT-270", "PEINIT-271")]
    public void Graph_Cycles_AreFoundWithTheirPaths(string edges, string cycles)
    {
        Graph graph = new(Build(edges));
        Assert.Equal(cycles, string.Join('|', graph.Cycles));
    }

    [Fact]
    public void Graph_ChainOfFiftyThousand_DoesNotRecurse()
    {
        List<ServiceDefinition> chain = [];
        for (int i = 0; i < 50_000; i++)
        {
            chain.Add(Rig.Simple("s" + i) with { Requires = ["s" + (i + 1)], BootTrigger = i == 0 });
        }

        Graph open = new(chain);
        Assert.Empty(open.Cycles);
        Assert.All(open.InBoot, Assert.True);
        Graph closed = new([.. chain, Rig.Simple("s50000") with { Requires = ["s0"] }]);
        Assert.Single(closed.Cycles);
    }

    [Fact]
    [Rule("PEINIT-260")]
    public void Graph_SameTargetTwice_IsOneEdgeOfTheStrictestKind()
    {
        Graph graph = new([Rig.Simple("a") with { Wants = ["B"], Requires = ["b"], BindsTo = ["b"] }, Rig.Simple("b")]);
        Assert.Equal(DependencyKind.BindsTo, Assert.Single(graph.Edges[0]).Kind);
    }

    [Fact]
    public void Machine_ChainOfFiveThousandBindings_FailsWithoutRecursing()
    {
        ServiceDefinition[] chain = [.. Enumerable.Range(0, 5_000).Select(i => Rig.Simple("s" + i) with { BindsTo = ["s" + (i + 1)] })];
        Rig rig = new(chain);
        rig.Start("s0");
        Assert.Equal(ServiceState.Failed, rig.State("s0"));
    }

    [Fact]
    public void Deadlines_RandomOperations_ComeOutInOrder()
    {
        DeadlineQueue queue = new();
        Rng rng = new(3);
        Deadline[] nodes = [.. Enumerable.Range(0, 300).Select(_ => new Deadline(DeadlineKind.Phase, null))];
        for (int i = 0; i < 5_000; i++)
        {
            Deadline node = nodes[rng.Below(nodes.Length)];
            if (rng.Percent(30))
            {
                queue.Disarm(node);
            }
            else
            {
                queue.Arm(node, rng.Below(1_000));
            }
        }

        Assert.Equal(nodes.Count(n => n.IsArmed), queue.Count);
        long last = -1;
        while (queue.TakeDue(long.MaxValue) is { } due)
        {
            Assert.True(due.At >= last);
            last = due.At;
        }
    }

    [Fact]
    public void Deadlines_HugeRegistryNumbers_DoNotWrap()
    {
        Rig rig = new(Rig.Simple("a") with { StartTimeout = uint.MaxValue, StopTimeout = uint.MaxValue, RestartWindow = uint.MaxValue, WatchdogTimeout = uint.MaxValue });
        rig.Up("a");
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = ulong.MaxValue, WatchdogMicroseconds = ulong.MaxValue });
        rig.Stop("a");
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = ulong.MaxValue });
        rig.Advance(1_000_000);
        Assert.Equal(ServiceState.Stopping, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-003")]
    public void Ids_AreVersion4AndDiffer()
    {
        IdSource ids = new(0);
        Guid[] many = [.. Enumerable.Range(0, 10_000).Select(_ => ids.Next())];
        Assert.Equal(many.Length, many.Distinct().Count());
        Assert.All(many, id => Assert.Equal(('4', true), (id.ToString()[14], "89ab".Contains(id.ToString()[19], StringComparison.Ordinal))));
    }

    [Fact]
    [Rule("PEINIT-002")]
    public void Names_OfAllEnums_AreTheirSnakeCaseForms()
    {
        Assert.All(Enum.GetValues<ServiceState>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<Cause>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<JobType>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<JobState>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<OperationType>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<OperationState>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<OperationSource>(), v => Assert.Equal(Snake(v), Names.Of(v)));
        Assert.All(Enum.GetValues<ReplyCode>(), v => Assert.Equal(Snake(v).ToUpperInvariant(), Names.Of(v)));
    }

    [Fact]
    [Rule("PEINIT-227")]
    public void LogText_EveryMessage_HasWordsAndNamesItsService()
    {
        Rig rig = new(Rig.Simple("svc"));
        foreach (LogMessage message in Enum.GetValues<LogMessage>().Where(m => m != LogMessage.None))
        {
            string text = LogText.Text(new Effect { Kind = EffectKind.Log, Message = message, Service = rig.Service("svc"), Text = "TEXT", Key = "KEY" });
            Assert.NotEqual("svc: " + message, text);
            Assert.InRange(text.Length, 9, 200);
        }
    }

    [Fact]
    [Rule("PEINIT-133")]
    public void Catalogue_Privileges_AreThoseOfTheKernelInterface() =>
        Assert.Equal(36, Catalogue.PrivilegeNames.ToArray().Distinct().Count());

    [Fact]
    public void Step_SteadyState_AllocatesNothing()
    {
        Rig rig = new(Rig.Simple("a") with { WatchdogTimeout = 5 }, Rig.Simple("b"));
        rig.Up("a");
        rig.Up("b");
        List<Effect> effects = new(64);
        Run(rig, effects, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(rig, effects, 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void WriteState_SteadyState_AllocatesNothing()
    {
        Rig rig = new(Rig.Simple("a"), Rig.Oneshot("b"), Rig.Simple("c"));
        rig.Up("a");
        rig.Start("c");
        byte[] buffer = new byte[65_536];
        Assert.True(global::Peinit.Core.Snapshot.WriteState(rig.Machine, buffer) > 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        global::Peinit.Core.Snapshot.WriteState(rig.Machine, buffer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>What a quiet system does all day: watchdog pings, orphans, strangers, extensions that do not apply, ticks.</summary>
    private static void Run(Rig rig, List<Effect> effects, int rounds)
    {
        int pid = rig.Service("a").MainJob!.Pid;
        for (int i = 0; i < rounds; i++)
        {
            rig.Now += Rig.Second / 10;
            Moment now = new(rig.Now, rig.Now);
            rig.Machine.Step(Input.Notify(pid, new NotifyFields { Watchdog = true, ExtendMicroseconds = 5 }), now, effects);
            rig.Machine.Step(Input.ChildExited(77_777, 0, 0), now, effects);
            rig.Machine.Step(Input.Signal(17), now, effects);
            rig.Machine.Step(Input.Tick(), now, effects);
            effects.Clear();
        }
    }

    private static string Snake(Enum value) => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private static List<ServiceDefinition> Build(string edges)
    {
        Dictionary<string, List<string>> targets = [];
        foreach (string edge in edges.Split(' '))
        {
            string[] ends = edge.Split(':');
            foreach (string to in ends[1].Split(','))
            {
                targets.TryAdd(to, []);
                targets.TryAdd(ends[0], []);
                targets[ends[0]].Add(to);
            }
        }

        return [.. targets.Select(pair => Rig.Simple(pair.Key) with { Requires = [.. pair.Value] })];
    }
}
