namespace Sluice.Api.Telemetry;

/// <summary>How requests are traced.</summary>
public sealed record Tracing
{
    /// <summary>Side of the call it is limited to.</summary>
    public ModeSelector? Match { get; init; }

    /// <summary>Where spans are sent; at most one.</summary>
    public IReadOnlyList<ProviderRef>? Providers { get; init; }

    /// <summary>Share of the requests that is traced, 0.00 to 100.00; absent means the parent's.</summary>
    public double? RandomSamplingPercentage { get; init; }

    /// <summary>Keep spans to ourselves.</summary>
    public bool? DisableSpanReporting { get; init; }

    /// <summary>Don't pass the trace's headers on to the service.</summary>
    public bool? DisableContextPropagation { get; init; }

    /// <summary>Tags on each span, by name.</summary>
    public IReadOnlyDictionary<string, CustomTag>? CustomTags { get; init; }

    /// <summary>Let the request id carry the decision; absent means yes.</summary>
    public bool? UseRequestIdForTraceSampling { get; init; }

    /// <summary>Add Istio's own tags; absent means yes.</summary>
    public bool? EnableIstioTags { get; init; }
}

/// <summary>Where the value of a tag comes from: one of the four.</summary>
public sealed record CustomTag
{
    /// <summary>A fixed value.</summary>
    public LiteralTag? Literal { get; init; }

    /// <summary>An environment variable of the process.</summary>
    public EnvironmentTag? Environment { get; init; }

    /// <summary>A request header.</summary>
    public HeaderTag? Header { get; init; }

    /// <summary>An access log format.</summary>
    public FormatterTag? Formatter { get; init; }
}

/// <summary>A fixed value.</summary>
public sealed record LiteralTag
{
    /// <summary>The value.</summary>
    public string? Value { get; init; }
}

/// <summary>An environment variable.</summary>
public sealed record EnvironmentTag
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>The value when it is not set.</summary>
    public string? DefaultValue { get; init; }
}

/// <summary>A request header.</summary>
public sealed record HeaderTag
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>The value when it is missing.</summary>
    public string? DefaultValue { get; init; }
}

/// <summary>An access log format, e.g. <c>%PROTOCOL%</c>.</summary>
public sealed record FormatterTag
{
    /// <summary>The format.</summary>
    public string? Value { get; init; }
}
