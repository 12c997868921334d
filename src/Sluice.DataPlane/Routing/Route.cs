namespace Sluice.DataPlane.Routing;

/// <summary>One rule of a virtual host: when it holds, and what happens then. One match entry of an HTTP route becomes one route.</summary>
public sealed class Route
{
    /// <summary>Name for logs: the HTTP route's, with the match entry's after a dot; empty when neither has one.</summary>
    public required string Name { get; init; }

    /// <summary>When the route holds.</summary>
    public required RouteMatcher Matcher { get; init; }

    /// <summary>What to do: forward, redirect, or answer directly.</summary>
    public required RouteAction Action { get; init; }

    /// <summary><c>file:line</c> of the rule.</summary>
    public required string At { get; init; }

    /// <summary>Id of the VirtualService, for explain; null for the routes that a service has by itself.</summary>
    public string? Source { get; init; }

    /// <summary>Delays and aborts (HTTPRoute <c>fault</c>); null without.</summary>
    public FaultInjector? Fault { get; init; }

    /// <summary>Cross-origin rules (HTTPRoute <c>corsPolicy</c>); null without.</summary>
    public CorsResponder? Cors { get; init; }

    /// <summary>Header changes on requests at the level of the route.</summary>
    public HeaderMutator RequestHeaders { get; init; } = HeaderMutator.None;

    /// <summary>Header changes on answers at the level of the route; applies to the gateway's own answers, too.</summary>
    public HeaderMutator ResponseHeaders { get; init; } = HeaderMutator.None;
}
