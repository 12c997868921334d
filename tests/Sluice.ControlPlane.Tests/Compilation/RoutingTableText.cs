using System.Globalization;
using System.Text;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Writes a compiled configuration as text for golden files: what can be told apart at run time, and nothing that changes from one
/// machine to the next.</summary>
internal static class RoutingTableText
{
    public static string Of(CompiledConfig config)
    {
        var text = new StringBuilder(Of(config.Snapshot));
        foreach (var status in config.Objects.Where(o => o.State != ObjectState.Serving))
            text.Append(CultureInfo.InvariantCulture, $"{status.Resource.Id} {status.State}: {status.Reason}\n");
        foreach (var finding in config.Findings)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{finding.Severity} {finding.Code} line {finding.Position.Line} {finding.Resource}: {finding.Message}");
            text.Append(finding.Hint.Length == 0 ? "\n" : $" ({finding.Hint})\n");
        }
        return text.ToString();
    }

    /// <summary>What is in force, without what is said about it.</summary>
    public static string Of(Snapshot snapshot)
    {
        var text = new StringBuilder();
        foreach (var listener in snapshot.Listeners)
            Write(text, listener);
        foreach (var cluster in snapshot.Clusters.Values.OrderBy(c => c.Text, StringComparer.Ordinal))
            Write(text, cluster);
        Write(text, snapshot.Settings);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Listener listener)
    {
        text.Append(CultureInfo.InvariantCulture, $"listener {listener.Name} {listener.Kind} for port {listener.ServerPort}");
        text.Append(listener.TrustsCallers ? ", trusts its callers\n" : "\n");
        foreach (var chain in listener.FilterChains)
        {
            text.Append(CultureInfo.InvariantCulture, $"  chain [{string.Join(' ', chain.Sni)}] {chain.Tls} {Line(chain.At)}");
            if (chain.Clusters is { } clusters)
                text.Append(CultureInfo.InvariantCulture, $" -> {Clusters(clusters)}");
            text.Append('\n');
            if (chain.Routes is { } routes)
                Write(text, routes);
        }
    }

    private static void Write(StringBuilder text, RouteConfig routes)
    {
        text.Append(CultureInfo.InvariantCulture, $"    routes {routes.Name}\n");
        foreach (var host in routes.VirtualHosts)
        {
            text.Append(CultureInfo.InvariantCulture, $"      host {host.Name} [{string.Join(' ', host.Domains)}]");
            text.Append(host.RequireTls ? " https only\n" : "\n");
            foreach (var route in host.Routes)
            {
                var name = route.Name.Length == 0 ? "" : $" \"{route.Name}\"";
                text.Append(CultureInfo.InvariantCulture, $"        {Line(route.At)}{name} {route.Matcher} -> {Action(route.Action)}\n");
                foreach (var detail in Details(route))
                    text.Append(CultureInfo.InvariantCulture, $"            {detail}\n");
            }
        }
    }

    private static string Action(RouteAction action) => action switch
    {
        ForwardAction forward => Clusters(forward.Clusters),
        RedirectAction r => $"redirect {r.Status} scheme={r.Scheme} authority={r.Authority} port={r.Port} path={r.Path} "
            + $"prefix={r.PrefixRewrite}",
        DirectResponseAction direct => $"answer {direct.Status} \"{Encoding.UTF8.GetString(direct.Body.Span)}\"",
        _ => "?",
    };

    private static IEnumerable<string> Details(Route route)
    {
        if (Headers("request", route.RequestHeaders) is { } request)
            yield return request;
        if (Headers("response", route.ResponseHeaders) is { } response)
            yield return response;
        if (route.Fault is { } fault)
            yield return $"{fault}";
        if (route.Cors is { } cors)
        {
            yield return $"cors {string.Join(", ", cors.Origins.Select(o => o.ToString()))} methods={cors.Methods} headers={cors.Headers} "
                + $"exposed={cors.Exposed} maxAge={cors.MaxAge} credentials={cors.Credentials} forward={cors.ForwardUnmatchedPreflights}";
        }
        if (route.Action is not ForwardAction forward)
            yield break;
        if (forward.Rewrite is { } rewrite)
            yield return $"rewrite {RewriteText(rewrite)}";
        if (forward.Authority is { } authority)
            yield return $"authority {authority}";
        if (forward.Timeout is { } timeout)
            yield return $"timeout {timeout}";
        if (forward.Retry != RetryPolicy.Default)
        {
            var retry = forward.Retry;
            yield return $"retries {retry.Attempts} on {retry.On} [{string.Join(' ', retry.StatusCodes)}] perTry={retry.PerTryTimeout} "
                + $"backoff={retry.Backoff} avoid={retry.AvoidPreviousEndpoints}{(retry.TriesRemoteLocalities ? " remote" : "")}";
        }
        foreach (var mirror in forward.Mirrors)
            yield return $"mirror {mirror.Name}{(mirror.Cluster is null ? " (missing)" : "")} {mirror.Millionths}";
        if (forward.Clusters.Sticky is { } sticky)
            yield return $"sticky by {Key(sticky.Key)}";
        foreach (var entry in forward.Clusters.Entries)
        {
            if (entry.Hash is { } hash)
                yield return $"{entry.Name} hashes {Key(hash)}";
            if (Headers($"{entry.Name} request", entry.RequestHeaders) is { } own)
                yield return own;
            if (Headers($"{entry.Name} response", entry.ResponseHeaders) is { } answer)
                yield return answer;
            if (entry.Authority is { } host)
                yield return $"{entry.Name} authority {host}";
        }
    }

    private static string Key(HashPolicy key) => key.MakesCookie ? $"{key}, made as {key.CookieLine("...")}" : $"{key}";

    private static string RewriteText(PathRewriter rewrite) =>
        rewrite.Pattern is { } pattern ? $"matches of {pattern} with {rewrite.Replacement}"
        : rewrite.Prefix is { } prefix ? $"{prefix} with {rewrite.Replacement}"
        : $"path with {rewrite.Replacement}";

    private static string? Headers(string level, HeaderMutator mutator) => mutator.IsEmpty ? null
        : $"{level} headers: {string.Join(", ", mutator.Operations.Select(o => $"{o.Change} {o.Name} {o.Value}".TrimEnd()))}";

    private static string Clusters(WeightedClusters clusters) => string.Join(", ", clusters.Entries.Select(e =>
        (clusters.Entries.Length > 1 ? $"{e.Weight} " : "") + e.Name + (e.Cluster is null ? " (missing)" : "")));

    private static void Write(StringBuilder text, Cluster cluster)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"cluster {cluster.Text} {cluster.Protocol} {Balancing(cluster.Balancer.Policy)} connect={cluster.ConnectTimeout}\n");
        if (cluster.Balancer.Levels is not [[_]])
            text.Append(CultureInfo.InvariantCulture, $"  levels {string.Join(" | ", cluster.Balancer.Levels.Select(Level))}\n");
        if (cluster.FollowsClientProtocol)
            text.Append("  speaks what the client speaks\n");
        if (cluster.Connections != ConnectionSettings.Default)
            text.Append(CultureInfo.InvariantCulture, $"  {Times(cluster.Connections)}\n");
        if (cluster.CircuitBreaker.Limits != CircuitLimits.None)
            text.Append(CultureInfo.InvariantCulture, $"  {Limits(cluster.CircuitBreaker.Limits)}\n");
        if (cluster.OutlierDetector is { } detector)
            text.Append(CultureInfo.InvariantCulture, $"  {Detector(detector)}\n");
        if (cluster.Tls?.Settings is { } tls)
            text.Append(CultureInfo.InvariantCulture, $"  tls {Tls(tls)}\n");
        if (cluster.ProxyHeader is { } version)
            text.Append(CultureInfo.InvariantCulture, $"  opens connections with a PROXY header {version}\n");
        if (cluster.Refusal is { } refusal)
            text.Append(CultureInfo.InvariantCulture, $"  refuses: {refusal}\n");
        foreach (var endpoint in cluster.Endpoints.Concat(cluster.Members.Resting))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {endpoint.Address}");
            if (cluster.Members.Resting.Contains(endpoint))
                text.Append(" draining");
            if (endpoint.Weight != 1)
                text.Append(CultureInfo.InvariantCulture, $" weight {endpoint.Weight}");
            var w = endpoint.Workload;
            text.Append(w == WorkloadIdentity.Unknown ? "\n" : $" {w.Namespace}/{w.Name} app={w.App} version={w.Version} "
                + $"canonical={w.CanonicalService}/{w.CanonicalRevision}\n");
        }
    }

    private static string Times(ConnectionSettings settings) =>
        settings.ToString().Replace(Timeout.InfiniteTimeSpan.ToString(), "never", StringComparison.Ordinal);

    private static string Limits(CircuitLimits limits) =>
        limits.ToString().Replace(int.MaxValue.ToString(CultureInfo.InvariantCulture), "none", StringComparison.Ordinal);

    private static string Detector(OutlierDetector d) =>
        $"ejects after {d.Consecutive5xxErrors} errors, {d.ConsecutiveGatewayErrors} gateway errors, "
        + (d.SplitsLocalOrigin ? $"{d.ConsecutiveLocalOriginFailures} failures, " : "")
        + $"for {d.BaseEjectionTime}, at most {d.MaxEjectionPercent} %, looks each {d.Interval}"
        + (d.ErrorStatuses is { } statuses ? $", errors are {string.Join(' ', statuses.Order())}" : "");

    private static string Balancing(BalancingPolicy policy) => policy.Algorithm
        + (policy.IsHashing ? $" of {policy.TableSize}" : "")
        + (policy.PanicPercent > 0 ? $" panic={policy.PanicPercent}" : "")
        + (policy.Warmup is { } warmup
            ? string.Create(CultureInfo.InvariantCulture, $" warmup={warmup.Duration}/{warmup.Minimum}/{warmup.Aggression}") : "");

    private static string Tls(UpstreamTlsSettings tls) => $"{tls.Mode} asks for {tls.ServerName ?? "the host"}"
        + (tls.SubjectAltNames.Length > 0 ? $" names={string.Join(',', tls.SubjectAltNames)}" : "")
        + (tls.Authorities.Length > 0 ? $" trusts={string.Join(',', tls.Authorities.Select(a => a.Subject))}" : "")
        + (tls.RevocationLists.Length > 0 ? $" revoked={string.Join(',', tls.RevocationLists.Select(l => $"{l.Count} of {l.Issuer}"))}" : "")
        + (tls.Certificate is { } own ? $" shows={own.TargetCertificate.Subject}" : "")
        + (tls.SkipsVerification ? " unverified" : "");

    private static string Level(IReadOnlyList<EndpointGroup> level) => string.Join(", ", level.Select(group =>
        (level.Count > 1 ? $"{group.Weight} " : "") + string.Join(' ', group.Endpoints.Select(e => e.Address))));

    private static void Write(StringBuilder text, EdgeSettings settings)
    {
        if (settings != new EdgeSettings())
            text.Append(CultureInfo.InvariantCulture, $"{settings}\n");
    }

    private static string Line(string at) => $"line {at[(at.LastIndexOf(':') + 1)..]}";
}
