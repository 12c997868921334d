namespace Sluice.Reports;

/// <summary>What the admin API's <c>/server_info</c> answers.</summary>
/// <param name="Version">Version of the executable.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="Runtime">The runtime under it.</param>
/// <param name="State"><c>starting</c>, <c>live</c> or <c>draining</c>.</param>
/// <param name="UptimeSeconds">Whole seconds since the start.</param>
/// <param name="Generation">Generation of the snapshot in force.</param>
internal sealed record ServerInfoReport(
    string Version, string Commit, string Runtime, string State, long UptimeSeconds, long Generation);
