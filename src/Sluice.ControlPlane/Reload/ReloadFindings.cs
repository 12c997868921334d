using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Reload;

/// <summary>The errors that a reload itself can end with; <c>docs/findings.md</c> explains each.</summary>
internal static class ReloadFindings
{
    /// <summary>A port that can't be bound.</summary>
    internal const string NotBound = "SLU0090";

    /// <summary>A failure that nobody foresaw.</summary>
    internal const string Failed = "SLU0091";

    /// <summary>A port that can't be bound, at the place of the first server that wants it.</summary>
    internal static Finding For(BindError error)
    {
        var chains = error.Listener.FilterChains;
        return new Finding(
            Severity.Error,
            NotBound,
            chains.Length > 0 ? Place(chains[0].At) : default,
            chains.Length > 0 ? chains[0].Source : "",
            "",
            $"listener {error.Listener.Name} can't be bound to {error.Address}: {error.Reason}",
            "free the address, or name another port with --port-map");
    }

    /// <summary>An exception: the configuration may be right, it is the gateway that is not.</summary>
    internal static Finding For(Exception exception) => new(
        Severity.Error,
        Failed,
        new SourcePosition("", 0, 0),
        "",
        "",
        $"the configuration could not be loaded: {exception.Message}",
        "the log has the details; please report this");

    private static SourcePosition Place(string at)
    {
        var colon = at.LastIndexOf(':');
        return colon > 0 && int.TryParse(at.AsSpan(colon + 1), out var line)
            ? new SourcePosition(at[..colon], line, 1)
            : new SourcePosition(at, 0, 0);
    }
}
