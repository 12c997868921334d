using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Reload;

namespace Sluice.Reports;

/// <summary>What the admin API's <c>/config_status</c> answers.</summary>
/// <param name="Generation">Grows with each snapshot put in force after a change of files.</param>
/// <param name="Hash">Of the files that the snapshot in force was made from.</param>
/// <param name="LoadedAt">When it came into force.</param>
/// <param name="LastReload">The last attempt, the first load included.</param>
/// <param name="Objects">Every object of a known kind.</param>
internal sealed record ConfigStatusReport(
    long Generation, string Hash, string? LoadedAt, LastReloadView? LastReload, IReadOnlyList<ObjectStatusView> Objects);

/// <summary>One attempt to load the configuration.</summary>
internal sealed record LastReloadView(string At, bool Ok, IReadOnlyList<FindingView> Findings)
{
    public static LastReloadView Of(ReloadAttempt attempt) =>
        new(Timestamp.Of(attempt.At), attempt.Ok, FindingView.Sorted(attempt.Findings));
}

/// <summary>What <c>POST /reload</c> answers.</summary>
internal sealed record ReloadReport(LastReloadView LastReload);

/// <summary>What became of one object.</summary>
internal sealed record ObjectStatusView(
    string Kind, string Namespace, string Name, string File, int Line, string Status, string Reason)
{
    public static ObjectStatusView Of(ObjectStatus status) => new(
        status.Resource.Kind,
        status.Resource.Namespace,
        status.Resource.Name,
        status.Resource.Position.File,
        status.Resource.Position.Line,
        Word(status.State),
        status.Reason);

    /// <summary><c>file:line status Kind namespace/name: reason</c>.</summary>
    public override string ToString() =>
        $"{File}:{Line} {Status} {Kind} {Namespace}/{Name}" + (Reason.Length > 0 ? $": {Reason.ReplaceLineEndings(" ")}" : "");

    /// <summary>The word for a state.</summary>
    public static string Word(ObjectState state) => state switch
    {
        ObjectState.Serving => "serving",
        ObjectState.Partly => "partly",
        ObjectState.Inert => "inert",
        _ => "rejected",
    };
}
