namespace Sluice.Api.Telemetry;

/// <summary>Which requests are logged.</summary>
public sealed record AccessLogging
{
    /// <summary>Side of the call it is limited to.</summary>
    public ModeSelector? Match { get; init; }

    /// <summary>Where lines go; <c>envoy</c> is standard output.</summary>
    public IReadOnlyList<ProviderRef>? Providers { get; init; }

    /// <summary>Turn logging off.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Which requests; absent means all.</summary>
    public AccessLogFilter? Filter { get; init; }
}

/// <summary>Chooses the requests that are logged.</summary>
public sealed record AccessLogFilter
{
    /// <summary>A CEL expression, e.g. <c>response.code &gt;= 500</c>.</summary>
    public string? Expression { get; init; }
}
