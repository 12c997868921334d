using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Which clusters a call can go to, and whether one of them can take it.</summary>
internal static class ExplainedForwarding
{
    private const int Everything = 100;

    /// <summary>Completes an answer with the clusters and their endpoints.</summary>
    public static ExplainAnswer Of(WeightedClusters clusters, ExplainLog log, ExplainAnswer answer)
    {
        var alone = clusters.Entries.Length == 1;
        var failing = 0;
        foreach (var entry in clusters.Entries)
        {
            var share = alone ? "" : string.Create(CultureInfo.InvariantCulture, $", {entry.Weight} of {clusters.TotalWeight}");
            if (Failure(entry) is { } failure)
            {
                failing++;
                log.Refused("cluster", $"{entry.Name}{share}: {failure}", null);
            }
            else
            {
                log.Matched("cluster", entry.Name + share, null);
            }
        }
        return answer with
        {
            Cluster = alone ? clusters.Entries[0].Name : null,
            Clusters = [.. clusters.Entries.Select(e => new ExplainedCluster(e.Name, alone ? Everything : e.Weight))],
            Endpoints = [.. clusters.Entries.SelectMany(e => e.Cluster?.Endpoints ?? []).Select(e => e.Address).Distinct()],
            // With several clusters the answer depends on the draw, unless none of them can answer. A TCP client sees no status.
            Status = failing == clusters.Entries.Length && answer.RouteConfig is not null ? StatusCodes.Status503ServiceUnavailable : null,
        };
    }

    /// <summary>Why a cluster can't take a request; null when it can.</summary>
    private static string? Failure(WeightedCluster entry) => entry.Cluster switch
    {
        null => "no service has this host, port and subset (503, flag NC)",
        { Refusal: { } refusal } => refusal,
        { Endpoints.Length: 0 } => "it has no endpoints (503, flag UH)",
        _ => null,
    };
}
