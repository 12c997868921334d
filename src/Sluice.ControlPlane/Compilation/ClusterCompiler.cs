using Sluice.Api.Kubernetes;
using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Makes clusters out of services and DestinationRules.</summary>
internal sealed class ClusterCompiler(
    DestinationRuleIndex rules,
    MeshConfig mesh,
    LocalityCompiler localities,
    UpstreamTlsCompiler tls,
    UncountedRequests uncounted,
    CarryOver carryOver,
    TimeProvider time)
{
    private readonly HashCompiler _hashes = new();
    private readonly List<NamedCluster> _named = [];

    /// <summary>The clusters so far whose endpoints have names.</summary>
    public IReadOnlyList<NamedCluster> Named => _named;

    /// <summary>The cluster of a service port, and those of the subsets that its DestinationRule defines.</summary>
    public IEnumerable<Cluster> Compile(RegistryService service, RegistryPort port)
    {
        // An alias has no endpoints of its own: its clusters are those of the host it stands for.
        if (service.ExternalName is not null)
            yield break;
        var rule = rules.Find(service);
        yield return Make(service, new ClusterName(port.Number, "", service.Host), port.Protocol, port.Endpoints,
            Resolve(rule, null, port.Number), rule?.PolicySource);
        foreach (var (source, subset) in rule?.Subsets ?? [])
        {
            var selected = subset.Labels is { Count: > 0 } labels
                ? Array.FindAll(port.Endpoints, e => Labels.Include(e.Workload.Labels, labels))
                : port.Endpoints;
            yield return Make(service, new ClusterName(port.Number, subset.Name ?? "", service.Host), port.Protocol, selected,
                Resolve(rule, subset.TrafficPolicy, port.Number), source);
        }
    }

    /// <summary>The cluster of a host that only a Service of type ExternalName knows.</summary>
    public Cluster CompileAlias(RegistryService service, ClusterName name)
    {
        var rule = rules.Find(service);
        var protocol = service.Port(name.Port)?.Protocol ?? PortProtocol.Auto;
        return Make(service, name, protocol, [new ServiceEndpoint(Workload.Bare(name.Host), name.Port)],
            Resolve(rule, null, name.Port), rule?.PolicySource);
    }

    /// <summary>The key by which a destination binds clients to the endpoints of its cluster; null for none.</summary>
    /// <param name="service">The destination's service.</param>
    /// <param name="cluster">Where it leads.</param>
    /// <param name="subset">The subset it names.</param>
    /// <param name="statedPort">The port it states; null when it states none.</param>
    public HashPolicy? Hash(RegistryService service, Cluster cluster, string? subset, int? statedPort) =>
        cluster.Balancer.Policy.IsHashing ? _hashes.Find(rules.Find(service), subset, statedPort) : null;

    private EffectivePolicy Resolve(MergedRule? rule, TrafficPolicy? subset, int port) =>
        EffectivePolicy.Of(rule?.Policy, subset, mesh.DefaultTrafficPolicy, port);

    private Cluster Make(
        RegistryService service, ClusterName name, PortProtocol protocol, ServiceEndpoint[] members, EffectivePolicy policy, Resource? rule)
    {
        var text = name.ToString();
        var predecessors = carryOver.Of(text);
        var plan = Plan(service, policy, members);
        var written = plan.AsWritten(predecessors);
        var pool = policy.ConnectionPool;
        var (security, refusal) = tls.Compile(policy.Tls, name, service, members, rule);
        var cluster = new Cluster
        {
            Name = name,
            Text = text,
            Protocol = ConnectionPoolCompiler.Protocol(protocol, pool, mesh),
            FollowsClientProtocol = ConnectionPoolCompiler.FollowsClient(protocol, pool),
            Endpoints = written.Endpoints,
            Balancer = written.Balancer,
            ConnectTimeout = ConnectionPoolCompiler.ConnectTimeout(pool, mesh),
            Connections = ConnectionPoolCompiler.Connections(pool, mesh),
            CircuitBreaker = new CircuitBreaker(ConnectionPoolCompiler.Limits(pool, policy.RetryBudget), predecessors.Stats, time),
            OutlierDetector = OutlierCompiler.Compile(policy.OutlierDetection),
            Tls = security,
            ProxyHeader = ConnectionPoolCompiler.ProxyHeader(policy.ProxyProtocol),
            Refusal = refusal ?? Refusal(policy, rule),
            ServiceNamespace = service.Namespace,
            ServiceName = service.Name,
        };
        cluster.Publish(written);
        uncounted.Report(cluster, rule, pool);
        if (plan.Names.Length > 0)
            _named.Add(new NamedCluster(cluster, plan, service.Source));
        return cluster;
    }

    private MemberPlan Plan(RegistryService service, EffectivePolicy policy, ServiceEndpoint[] members)
    {
        // What serves although it is not ready is not to be flooded for the health of the others.
        var panic = service.Source is Resource<ServiceSpec> { Spec.PublishNotReadyAddresses: true } ? 0 : policy.OutlierDetection?.MinHealthPercent ?? 0;
        var preference = new LocalityPreference(policy.LoadBalancer, service.Distribution, policy.OutlierDetection is not null);
        return new MemberPlan(
            members,
            BalancingCompiler.Compile(policy.LoadBalancer, panic),
            (endpoints, sources) => localities.Levels(endpoints, sources, preference),
            time);
    }

    private static string? Refusal(EffectivePolicy policy, Resource? rule) => policy.LoadBalancer?.Simple == SimpleLoadBalancer.Passthrough
        ? $"{rule?.Id ?? "the MeshConfig"} demands the load balancer PASSTHROUGH: at an edge there is no original destination"
        : null;
}
