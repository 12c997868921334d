using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Compilation;

/// <summary>A VirtualService made ready for compilation: names completed, delegates merged in.</summary>
internal sealed class BoundVirtualService
{
    public required Resource<VirtualServiceSpec> Source { get; init; }

    /// <summary>Full host names.</summary>
    public required string[] Hosts { get; init; }

    /// <summary>Gateways as <c>namespace/name</c>, or <c>mesh</c>.</summary>
    public required string[] Gateways { get; init; }

    /// <summary>How far it is exported towards this gateway; never <see cref="ExportReach.None"/>.</summary>
    public required ExportReach Reach { get; init; }

    /// <summary>HTTP rules in order.</summary>
    public required HttpRule[] Http { get; init; }

    /// <summary>Its hosts that no server of this gateway has covered so far.</summary>
    public HashSet<string> Uncovered { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether some listener makes use of the HTTP rules.</summary>
    public bool ServesHttp { get; set; }

    /// <summary>Whether some listener makes use of the TLS rules.</summary>
    public bool ServesTls { get; set; }

    /// <summary>Whether some listener makes use of the TCP rules.</summary>
    public bool ServesTcp { get; set; }

    /// <summary>Notes which of its hosts have something in common with the host of a server.</summary>
    public void Cover(IReadOnlyList<string> serverHosts)
    {
        if (Uncovered.Count > 0)
            Uncovered.RemoveWhere(own => serverHosts.Any(h => HostNames.Overlap(h, own)));
    }
}

/// <summary>An HTTP rule with completed names.</summary>
/// <param name="Route">The rule; for a delegated one merged with the rule that delegates.</param>
/// <param name="Source">The VirtualService that it stands in.</param>
/// <param name="Path">Its place there, <c>spec.http[0]</c>.</param>
internal sealed record HttpRule(HttpRoute Route, Resource<VirtualServiceSpec> Source, string Path);
