using System.Text.Json.Nodes;

namespace Sluice.Reports;

/// <summary>What the admin API's <c>/config_dump</c> answers.</summary>
/// <param name="Generation">Generation of the snapshot in force.</param>
/// <param name="Objects">The objects it was made from, as they were read; secrets hidden.</param>
/// <param name="Routes">What they were compiled to.</param>
internal sealed record ConfigDumpReport(long Generation, JsonArray Objects, RoutesReport Routes);
