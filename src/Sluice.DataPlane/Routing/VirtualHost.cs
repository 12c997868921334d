namespace Sluice.DataPlane.Routing;

/// <summary>The routes of one host name in one route configuration.</summary>
public sealed class VirtualHost
{
    // So few are faster asked one after the other.
    private const int ScannedRoutes = 8;

    private readonly RouteIndex? _index;

    /// <summary><c>HOST:PORT</c>, the port being the one declared by the Gateway server.</summary>
    public required string Name { get; init; }

    /// <summary>The domains it answers for: an exact name, <c>*.suffix</c> or <c>*</c>, in lower case. Without a port they answer for any;
    /// only the mesh listener has exact names with one.</summary>
    public required string[] Domains { get; init; }

    /// <summary>In order: the first that matches wins.</summary>
    public required Route[] Routes
    {
        get;
        init
        {
            field = value;
            _index = value.Length > ScannedRoutes ? new RouteIndex(value, ScannedRoutes) : null;
        }
    }

    /// <summary>Plain requests are redirected to https (Gateway <c>httpsRedirect</c>).</summary>
    public bool RequireTls { get; init; }

    /// <summary>The first route that matches, or null (404, flag NR). The cost hardly grows with the number of routes.</summary>
    public Route? Match(in RequestHead head)
    {
        if (_index is not null)
            return _index.First(head) is var position && position < Routes.Length ? Routes[position] : null;
        foreach (var route in Routes)
        {
            if (route.Matcher.Matches(head))
                return route;
        }
        return null;
    }
}

/// <summary>The virtual hosts that one listener (or one of its TLS servers) chooses from.</summary>
/// <param name="name"><c>http.PORT</c>, <c>http.PORT.BIND</c> or <c>https.PORT.PORTNAME.GATEWAY.NAMESPACE</c>.</param>
/// <param name="virtualHosts">In a stable order.</param>
public sealed class RouteConfig(string name, VirtualHost[] virtualHosts)
{
    /// <summary>Istio's name of the route configuration.</summary>
    public string Name { get; } = name;

    /// <summary>All virtual hosts.</summary>
    public VirtualHost[] VirtualHosts { get; } = virtualHosts;

    /// <summary>Finds the virtual host of an authority.</summary>
    public HostTable Hosts { get; } = new(virtualHosts);
}
