using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Compiles the configurations of Istio's routing tests and compares with what Istio makes of them.</summary>
public class IstioCasesTests
{
    private static readonly string[] ForeignKinds = ["kind: Ingress", "kind: EnvoyFilter", "kind: HTTPRoute", "kind: TLSRoute"];

    [Fact]
    public void Calls_reach_what_they_reach_in_Istios_simulator() => All("simulation", c =>
    {
        if (ForeignKinds.Any(((string)c["config"]!).Contains))
            return [];
        var snapshot = Compile(c);
        return c["calls"]!.AsArray().SelectMany(call => Differences(snapshot, call!));
    });

    [Fact]
    public void Virtual_hosts_are_those_of_Istio() => All("virtualHosts", c =>
    {
        var registry = string.Concat((c["services"]?.AsArray() ?? []).Select(s => $"\n---\n{ServiceEntry(s!)}"));
        var snapshot = Compiled.From((string)c["config"]! + registry).Snapshot;
        var config = RouteConfigs(snapshot).Single(r => r.Name == (string)c["routeConfig"]!);
        var got = config.VirtualHosts.Select(h => $"{h.Name} {string.Join(',', h.Domains)} {h.Routes.Length} {h.RequireTls}");
        var want = c["expect"]!["virtualHosts"]!.AsArray().Select(h =>
            $"{h!["name"]} {string.Join(',', h["domains"]!.AsArray())} {h["routeCount"]} {(bool)h["requireTls"]!}");
        return Compare(want, got);
    });

    [Fact]
    public void Listeners_are_those_of_Istio() => All("listeners", c =>
    {
        if (c["gatewayMetadata"] is not null)
            return [];
        var snapshot = Compiled.From(UniquePortNames((string)c["config"]!)).Snapshot;
        if (c["expect"]!["listeners"] is JsonArray names)
            return Compare(names.Select(n => (string)n!), snapshot.Listeners.Select(l => l.Name));
        return snapshot.Listeners
            .SelectMany(l => l.FilterChains)
            .SelectMany(f => f.Sni.Length == 0 ? ["*"] : f.Sni)
            .GroupBy(s => s)
            .Where(g => g.Count() > 1)
            .Select(g => $"{g.Key} in {g.Count()} chains");
    });

    [Fact]
    public void Merged_gateways_have_Istios_route_configurations() => All("mergeGateways", c =>
    {
        var config = ((string)c["config"]!).Replace("ingressgateway2", "ingressgateway", StringComparison.Ordinal);
        var names = RouteConfigs(Compiled.From(config).Snapshot).Select(r => r.Name);
        return Compare(c["expect"]!["serversForRoute"]!.AsObject().Select(r => r.Key), names);
    });

    [Fact]
    public void Route_tables_have_Istios_length_and_names() => All("routeTable", c =>
    {
        var config = (string)c["config"]!;
        if (!config.Contains("\n  gateways:", StringComparison.Ordinal) || config.Contains("timeout: 0s", StringComparison.Ordinal))
            return [];
        if (!config.Contains("\n  hosts:", StringComparison.Ordinal))
            config = config.Replace("\nspec:\n  gateways:", "\nspec:\n  hosts: ['*']\n  gateways:", StringComparison.Ordinal);
        var gateway = $$"""
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: some-gateway, namespace: default}
            spec:
              servers:
              - port: {number: {{c["listenerPort"]}}, name: http, protocol: HTTP}
                hosts: ['*']
            """;
        var routes = RouteConfigs(Compiled.From($"{gateway}\n---\n{config}").Snapshot).Single().VirtualHosts.Single().Routes;
        return c["expect"]!["asserts"]!.AsArray().SelectMany(a => Assertion(a!, routes));
    });

    private static IEnumerable<string> Assertion(JsonNode assertion, Route[] routes)
    {
        var path = (string)assertion["path"]!;
        if ((string)assertion["op"]! != "Equal")
            return [];
        var want = assertion["args"]![0]?.ToString();
        if (path == "len(routes)")
            return Compare([want!], [$"{routes.Length}"]);
        if (path.EndsWith(".name", StringComparison.Ordinal) && path.StartsWith("routes[", StringComparison.Ordinal) && path.Length == 14)
            return Compare([want!], [routes[path[7] - '0'].Name]);
        return [];
    }

    private static IEnumerable<string> Differences(Snapshot snapshot, JsonNode call)
    {
        var expect = call["expect"]!;
        var got = Simulator.Call(snapshot, new Call
        {
            Port = (int)call["port"]!,
            Host = (string?)call["host"] ?? "",
            Path = (string?)call["path"] ?? "/",
            Sni = (string?)call["sni"],
            Headers = new HeaderDictionary(),
        });
        var strict = (bool?)expect["strict"] == true;
        var pairs = new (string Field, string? Got)[]
        {
            ("listener", got.Listener),
            ("routeConfig", got.RouteConfig),
            ("virtualHost", got.VirtualHost),
            ("cluster", got.Clusters.SingleOrDefault()?.Replace(".svc.cluster.local", "", StringComparison.Ordinal)),
        };
        foreach (var (field, value) in pairs)
        {
            var want = ((string?)expect[field])?.Replace(".svc.cluster.local", "", StringComparison.Ordinal);
            if ((strict || want is not null) && want != value)
                yield return $"{call["name"]}: {field} {value} instead of {want}";
        }
        var error = (string?)expect["error"] switch
        {
            "ErrNoListener" => "no_listener",
            "ErrNoVirtualHost" => "no_virtual_host",
            "ErrNoRoute" => "no_route",
            "ErrTLSRedirect" => "tls_redirect",
            var other => other,
        };
        if (error != got.Error)
            yield return $"{call["name"]}: error {got.Error} instead of {error}";
    }

    private static void All(string type, Func<JsonNode, IEnumerable<string>> differences)
    {
        Assert.SkipUnless(IstioCases.AreThere, IstioCases.Missing);
        var found = IstioCases.Of(type).SelectMany(c => differences(c).Select(d => $"{c["id"]} {c["name"]}: {d}")).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<string> Compare(IEnumerable<string> want, IEnumerable<string> got)
    {
        var (wanted, gotten) = (string.Join("; ", want.Order()), string.Join("; ", got.Order()));
        return wanted == gotten ? [] : [$"{gotten} instead of {wanted}"];
    }

    private static Snapshot Compile(JsonNode c) => Compiled.From((string)c["config"]!).Snapshot;

    private static IEnumerable<RouteConfig> RouteConfigs(Snapshot snapshot) =>
        snapshot.Listeners.SelectMany(l => l.FilterChains).Select(f => f.Routes).OfType<RouteConfig>();

    private static string UniquePortNames(string config)
    {
        var count = 0;
        return string.Join('\n', config.Split('\n').Select(line =>
            line.StartsWith("      name: ", StringComparison.Ordinal) ? $"{line}-{count++}" : line));
    }

    private static string ServiceEntry(JsonNode service) => $$"""
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: registry}
        spec:
          hosts: [{{service["hostname"]}}]
          ports: {{service["ports"]!.ToJsonString()}}
          resolution: STATIC
          endpoints: [{address: 10.0.0.1}]
        """;
}
