using System.Globalization;

namespace Sluice.Reports;

/// <summary>The routing table for reading: one block a listener, one line a route, at most 100 columns where names allow it.</summary>
internal static class RoutesText
{
    private const int Columns = 100;
    private const int RouteIndent = 6;
    private const int MatchWidth = 40;

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
            WriteTarget("  tcp", Target(chain.Clusters), "", output);
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
        var name = route.Name.Length > 0 ? $"{route.Name}: " : "";
        WriteTarget(
            new string(' ', RouteIndent) + name + route.Match,
            route.Action == "forward" ? Target(route.Clusters) : route.Action,
            route.At,
            output);
    }

    // The target stands beside the match when there is room, else below it.
    private static void WriteTarget(string left, string target, string at, TextWriter output)
    {
        var arrow = $" -> {target}";
        var right = at.Length > 0 ? $"  {at}" : "";
        var padded = left.PadRight(RouteIndent + MatchWidth);
        if (padded.Length + arrow.Length + right.Length <= Columns)
        {
            output.WriteLine(padded + arrow + right);
            return;
        }
        output.WriteLine(left);
        var line = new string(' ', RouteIndent + 1) + arrow;
        if (line.Length + right.Length <= Columns)
        {
            output.WriteLine(line + right);
            return;
        }
        output.WriteLine(line);
        if (at.Length > 0)
            output.WriteLine(new string(' ', RouteIndent + 2) + right);
    }

    private static string Target(IReadOnlyList<WeightView> clusters) => clusters.Count == 1
        ? clusters[0].Cluster
        : string.Join(", ", clusters.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Cluster} ({c.Weight})")));

    private static string Bound(ListenerView listener) => listener.Bind.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{listener.Bind}]:{listener.Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{listener.Bind}:{listener.Port}");
}
