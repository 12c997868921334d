using System.Globalization;

namespace Sluice.Reports;

/// <summary>The routing table for reading: one block a listener, in it its hosts, in them
/// their routes with the place of each and, below it, where it leads. At most 100 columns where names allow it.</summary>
internal static class RoutesText
{
    private const int Columns = 100;

    /// <summary>Writes the table.</summary>
    public static void Write(RoutesReport report, TextWriter output)
    {
        if (report.Listeners.Count == 0)
            output.WriteLine("no listeners");
        var configs = report.RouteConfigs.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var listener in report.Listeners)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{listener.Name}  {listener.Kind}, bound to {Bound(listener)}, server port {listener.ServerPort}"));
            foreach (var chain in listener.FilterChains)
                WriteChain(chain, configs, shown, output);
        }
    }

    private static void WriteChain(
        FilterChainView chain, Dictionary<string, RouteConfigView> configs, HashSet<string> shown, TextWriter output)
    {
        if (chain.Tls is not null)
            output.WriteLine($"  {chain.Tls} for {(chain.Sni.Count == 0 ? "any name" : string.Join(", ", chain.Sni))}");
        if (chain.Clusters is not null)
            WriteClusters("    ", chain.Clusters, output);
        if (chain.RouteConfig is null || !configs.TryGetValue(chain.RouteConfig, out var config))
            return;
        if (!shown.Add(config.Name))
        {
            output.WriteLine($"  {config.Name}: as above");
            return;
        }
        output.WriteLine($"  {config.Name}");
        foreach (var host in config.VirtualHosts)
        {
            output.WriteLine($"    {host.Name}" + (host.RequireTls ? "  (redirected to https)" : ""));
            foreach (var route in host.Routes)
                WriteRoute(route, output);
        }
    }

    private static void WriteRoute(RouteView route, TextWriter output)
    {
        var rule = "      " + (route.Name.Length > 0 ? $"{route.Name}: " : "") + route.Match;
        // The places stand below each other on the right; a long rule pushes its own further.
        output.WriteLine(rule + "  " + route.At.PadLeft(Math.Max(0, Columns - rule.Length - 2)));
        if (route.Action == "forward")
            WriteClusters("        ", route.Clusters, output);
        else
            output.WriteLine($"        -> {route.Action}");
    }

    private static void WriteClusters(string indent, IReadOnlyList<WeightView> clusters, TextWriter output)
    {
        foreach (var cluster in clusters)
        {
            var weight = clusters.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{cluster.Weight,3} ");
            output.WriteLine($"{indent}-> {weight}{cluster.Cluster}");
        }
    }

    private static string Bound(ListenerView listener) => listener.Bind.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{listener.Bind}]:{listener.Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{listener.Bind}:{listener.Port}");
}
