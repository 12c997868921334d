using Sluice.ControlPlane.Discovery.Names;

namespace Sluice.Reports;

/// <summary>The names that endpoints are written as: what the admin API's <c>/names</c> answers.</summary>
internal sealed record NamesReport(IReadOnlyList<NameView> Names)
{
    /// <summary>Describes them as they are now.</summary>
    public static NamesReport Of(NameTable names) => new([.. names.All.Select(NameView.Of)]);
}

/// <summary>One name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Addresses">Its addresses by the last good answer, which are used; empty before there was one.</param>
/// <param name="ResolvedAt">When that answer came; null before there was one.</param>
/// <param name="FailingSince">Since when there is no answer; null while there is.</param>
/// <param name="Error">Why there is none.</param>
internal sealed record NameView(string Name, IReadOnlyList<string> Addresses, string? ResolvedAt, string? FailingSince, string? Error)
{
    public static NameView Of(NameState state) => new(
        state.Name,
        [.. state.Addresses.Select(a => a.ToString())],
        state.ResolvedAt is { } at ? Timestamp.Of(at) : null,
        state.FailingSince is { } since ? Timestamp.Of(since) : null,
        state.Error);
}
