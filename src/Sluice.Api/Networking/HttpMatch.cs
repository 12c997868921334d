namespace Sluice.Api.Networking;

/// <summary>Conditions on a request, all of which must hold (Istio's <c>HTTPMatchRequest</c>).</summary>
public sealed record HttpMatch
{
    /// <summary>Name of the condition, appended to the route's name in logs.</summary>
    public string? Name { get; init; }

    /// <summary>The path, without query, after normalisation.</summary>
    public StringMatch? Uri { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public StringMatch? Scheme { get; init; }

    /// <summary>The method, case matters.</summary>
    public StringMatch? Method { get; init; }

    /// <summary>The authority as sent, with its port if there is one.</summary>
    public StringMatch? Authority { get; init; }

    /// <summary>Headers by name; an empty condition asks for presence.</summary>
    public IReadOnlyDictionary<string, StringMatch>? Headers { get; init; }

    /// <summary>Headers that must not match.</summary>
    public IReadOnlyDictionary<string, StringMatch>? WithoutHeaders { get; init; }

    /// <summary>Query parameters by name, their first value; an empty condition asks for presence.</summary>
    public IReadOnlyDictionary<string, StringMatch>? QueryParams { get; init; }

    /// <summary>Compare exact and prefix paths without regard to case.</summary>
    public bool? IgnoreUriCase { get; init; }

    /// <summary>Port of the Gateway server that took the request.</summary>
    public uint? Port { get; init; }

    /// <summary>Gateways for which this condition counts; overrides those of the VirtualService.</summary>
    public IReadOnlyList<string>? Gateways { get; init; }

    /// <summary>Labels of the calling workload; at a gateway, the gateway's own.</summary>
    public IReadOnlyDictionary<string, string>? SourceLabels { get; init; }

    /// <summary>Namespace of the calling workload; at a gateway, the gateway's own.</summary>
    public string? SourceNamespace { get; init; }

    /// <summary>Prefix for statistics of this route.</summary>
    public string? StatPrefix { get; init; }
}

/// <summary>A condition on a string: at most one of the three; none asks for presence.</summary>
public sealed record StringMatch
{
    /// <summary>The whole string.</summary>
    public string? Exact { get; init; }

    /// <summary>Its beginning.</summary>
    public string? Prefix { get; init; }

    /// <summary>An RE2 expression that covers the whole string, at most 1024 characters.</summary>
    public string? Regex { get; init; }
}
