using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>An answer in the making.</summary>
internal sealed class Explanation
{
    private const int Everything = 100;

    private readonly List<ExplainStep> _why = [];

    /// <summary>What is known so far.</summary>
    public ExplainAnswer Answer { get; } = new();

    /// <summary>Notes a decision.</summary>
    public void Say(string step, string verdict, string detail, string? at) => _why.Add(new ExplainStep(step, verdict, detail, at));

    /// <summary>Notes the decision that ends the request.</summary>
    /// <param name="error">The contract's word for it; null when it is no error of routing.</param>
    /// <param name="status">Status that the client sees; null when it sees none.</param>
    /// <param name="step">What was decided.</param>
    /// <param name="detail">In words.</param>
    /// <param name="at">Where it is written.</param>
    public void Fail(string? error, int? status, string step, string detail, string? at)
    {
        Answer.Error = error;
        Answer.Status = status;
        Say(step, error == "tls_redirect" ? "answers" : "fails", detail, at);
    }

    /// <summary>Notes where the request can go.</summary>
    public void Destinations(WeightedClusters clusters)
    {
        // One that has no neighbours gets everything, whatever its weight.
        Answer.Clusters = clusters.Entries is [var only]
            ? [new ExplainCluster(only.Name, Everything)]
            : [.. clusters.Entries.Select(entry => new ExplainCluster(entry.Name, entry.Weight))];
        Answer.Cluster = clusters.Entries.Length == 1 ? clusters.Entries[0].Name : null;
        Answer.Endpoints = [.. clusters.Entries
            .SelectMany(entry => entry.Cluster?.Endpoints ?? [])
            .Select(endpoint => endpoint.Address)
            .Distinct()];
        foreach (var entry in clusters.Entries)
        {
            var share = clusters.Entries.Length == 1 ? "" : $"{100.0 * entry.Weight / clusters.TotalWeight:0.##} % to ";
            Say("destination", entry.Cluster is null || entry.Cluster.Endpoints.Length == 0 ? "fails" : "applies", share + State(entry), null);
        }
    }

    /// <summary>The answer, whole.</summary>
    public ExplainAnswer Finish()
    {
        Answer.Why = _why;
        return Answer;
    }

    private static string State(WeightedCluster entry) => entry.Cluster switch
    {
        null => $"{entry.Name}: there is no such host, port or subset (503, flag NC)",
        { Refusal: { } refusal } => $"{entry.Name}: {refusal} (503)",
        { Endpoints.Length: 0 } => $"{entry.Name}: no endpoint (503, flag UH)",
        { Endpoints: var endpoints } => $"{entry.Name}: {endpoints.Length} {(endpoints.Length == 1 ? "endpoint" : "endpoints")}",
    };
}
