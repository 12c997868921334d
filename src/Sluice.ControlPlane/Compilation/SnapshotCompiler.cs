using Sluice.Api.Findings;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Sources;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Turns a configuration into a snapshot: everything anew, nothing patched. Read it from top to bottom: services, clusters,
/// routes, listeners, and what became of each object.</summary>
public static class SnapshotCompiler
{
    /// <summary>Compiles a configuration that validation has passed.</summary>
    /// <param name="set">The configuration.</param>
    /// <param name="identity">Who this gateway is.</param>
    /// <param name="previous">The snapshot in force: endpoints that stay keep their live figures.</param>
    /// <param name="generation">Number of the new snapshot.</param>
    /// <param name="time">The clock by which endpoints and certificates age; null for the system's.</param>
    /// <param name="certificates">Keeps what could be used last; null when nothing was loaded before.</param>
    public static CompiledConfig Compile(
        ConfigSet set,
        GatewayIdentity identity,
        Snapshot previous,
        long generation,
        TimeProvider? time = null,
        CertificateStore? certificates = null)
    {
        var ledger = new ObjectLedger();
        var names = new NameResolver(identity.Domain);
        new NotInForceReport(set, ledger).Report();

        var services = ServiceRegistry.Build(set, set.Mesh, identity.Namespace, names, ledger);
        var rules = new DestinationRuleIndex(set.DestinationRules, identity, set.Mesh, names, ledger);
        var clock = time ?? TimeProvider.System;
        var credentials = new UpstreamCredentials(set, identity, certificates ?? new CertificateStore());
        var tls = new UpstreamTlsCompiler(set, credentials, previous, ledger, clock);
        tls.Report(set.DestinationRules);
        var compiler = new ClusterCompiler(
            rules, set.Mesh, new LocalityCompiler(identity, set.Mesh.LocalityLbSetting), tls, new UncountedRequests(ledger),
            new CarryOver(previous, clock), clock);
        var clusters = new ClusterTable(services, compiler);
        clusters.Fill();
        rules.ReportUnused(set.DestinationRules, services, names);

        var listeners = Listeners(set, identity, names, services, clusters, ledger);
        var report = new ObjectReport(set, identity, ledger);
        report.Report(services);

        var snapshot = new Snapshot(generation, listeners, clusters.Freeze(), EdgeSettingsCompiler.Compile(set.Mesh, identity));
        return new CompiledConfig(snapshot, report.Statuses(), ledger.Findings)
        {
            Certificates = CertificateStatuses.EachOnce(credentials.Statuses),
            Named = clusters.Named,
            NameInterval = set.Mesh.DnsRefreshRate,
        };
    }

    private static Listener[] Listeners(
        ConfigSet set, GatewayIdentity identity, NameResolver names, ServiceRegistry services, ClusterTable clusters, ObjectLedger ledger)
    {
        var defaultRetry = RetryCompiler.Default(set.Mesh.DefaultHttpRetryPolicy);
        var virtualServices = new VirtualServiceTable(set.VirtualServices, identity.Namespace, set.Mesh, names, ledger);
        var routes = new RouteCompiler(new MatchCompiler(identity, ledger), new ActionCompiler(clusters, defaultRetry, ledger), services);
        var ports = new GatewayPorts(set, identity, names, ledger);

        var plans = new GatewayMerger(identity, ports, ledger).Merge(set.Gateways);
        var listeners = new ListenerCompiler(
            new VirtualHostCompiler(virtualServices, routes, ledger),
            new ProxyCompiler(virtualServices, services, clusters, names, ledger),
            ledger).Compile(plans);
        var mesh = new MeshListenerCompiler(identity, virtualServices, routes, services, clusters, defaultRetry, ledger);
        AddMesh(listeners, mesh, identity, ledger);

        var report = new VirtualServiceReport(set.Gateways, identity, ports, ledger);
        foreach (var virtualService in virtualServices.All)
            report.Report(virtualService);
        return [.. listeners];
    }

    private static void AddMesh(List<Listener> listeners, MeshListenerCompiler compiler, GatewayIdentity identity, ObjectLedger ledger)
    {
        if (identity.Mesh is not { } address)
            return;
        var mesh = compiler.Compile(address);
        if (listeners.Find(l => l.Bind == mesh.Bind && l.Port == mesh.Port) is not { } taken)
        {
            listeners.Add(mesh);
            return;
        }
        ledger.Add(new Finding(Severity.Warning, FindingCodes.GivesWay, default, "", "",
            $"the listener for calls between services is left out: {mesh.Name} is the address of {taken.FilterChains[0].Source}",
            "choose another address for --mesh"));
    }
}
