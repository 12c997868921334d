using Sluice.Api.Resources;
using Sluice.Api.Telemetry;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a Telemetry resource.</summary>
internal static class TelemetryRules
{
    /// <summary>Checks one object.</summary>
    public static void Check(Resource<TelemetrySpec> telemetry, Field root)
    {
        var spec = telemetry.Spec;
        var at = root["spec"];
        Labels.CheckAttachment(at, spec.Selector, spec.TargetRef, spec.TargetRefs);
        if (spec.Tracing is { Count: > 1 })
        {
            at["tracing"].Warning(Codes.SchemaWarning, $"spec.tracing has {spec.Tracing.Count} entries: only the first is used");
        }

        foreach (var (tracing, each) in at["tracing"].Each(spec.Tracing)) CheckTracing(each, tracing);
        foreach (var (metrics, each) in at["metrics"].Each(spec.Metrics)) CheckMetrics(each, metrics);
        foreach (var (logging, each) in at["accessLogging"].Each(spec.AccessLogging))
        {
            CheckProviders(each["providers"], logging.Providers);
            if (logging.Filter is { } filter) Expressions.Check(each["filter"]["expression"], filter.Expression);
        }
    }

    private static void CheckProviders(Field at, IReadOnlyList<ProviderRef>? providers)
    {
        foreach (var (provider, each) in at.Each(providers))
        {
            if (string.IsNullOrEmpty(provider.Name))
                each["name"].Error(Codes.Required, $"{each.Path}.name is missing: name the provider");
        }
    }

    private static void CheckTracing(Field at, Tracing tracing)
    {
        CheckProviders(at["providers"], tracing.Providers);
        if (tracing.Providers is { Count: > 1 })
        {
            at["providers"].Warning(Codes.SchemaWarning,
                $"{at.Path}.providers names {tracing.Providers.Count} providers: spans go to the first only");
        }

        Numbers.CheckPercent(at["randomSamplingPercentage"], tracing.RandomSamplingPercentage, smallest: 0);
        foreach (var (name, tag, each) in at["customTags"].Each(tracing.CustomTags)) CheckTag(at, each, name, tag);
    }

    private static void CheckTag(Field tracing, Field at, string name, CustomTag tag)
    {
        if (name.Length == 0) tracing["customTags"].Error(Codes.Name, $"{tracing.Path}.customTags has an empty name");
        var kinds = (tag.Literal is null ? 0 : 1) + (tag.Environment is null ? 0 : 1) + (tag.Header is null ? 0 : 1)
            + (tag.Formatter is null ? 0 : 1);
        if (kinds > 1)
            at.Error(Codes.Exclusive, $"literal, environment, header and formatter can't be combined in {at.Path}: keep one");
        Require(at["literal"]["value"], tag.Literal is not null, tag.Literal?.Value);
        Require(at["environment"]["name"], tag.Environment is not null, tag.Environment?.Name);
        Require(at["header"]["name"], tag.Header is not null, tag.Header?.Name);
        Require(at["formatter"]["value"], tag.Formatter is not null, tag.Formatter?.Value);
    }

    private static void Require(Field at, bool needed, string? value)
    {
        if (needed && string.IsNullOrEmpty(value)) at.Error(Codes.Required, $"{at.Path} is missing");
    }

    private static void CheckMetrics(Field at, Metrics metrics)
    {
        CheckProviders(at["providers"], metrics.Providers);
        Numbers.CheckDuration(at["reportingInterval"], metrics.ReportingInterval);
        foreach (var (overrides, each) in at["overrides"].Each(metrics.Overrides))
        {
            foreach (var (name, tag, tagAt) in each["tagOverrides"].Each(overrides.TagOverrides)) CheckOverride(tagAt, name, tag);
            if (overrides.Match is not { } match) continue;
            if (match.CustomMetric == "")
                each["match"]["customMetric"].Error(Codes.Required, $"{each.Path}.match.customMetric is empty");
            if (match.Metric is not null && match.CustomMetric is not null)
            {
                each["match"].Error(Codes.Exclusive, $"metric and customMetric can't both be set in {each.Path}.match: keep one");
            }
        }
    }

    private static void CheckOverride(Field at, string name, TagOverride tag)
    {
        if (name.Length == 0) at.Warning(Codes.SchemaWarning, $"{at.Path} has an empty name");
        var removes = tag.Operation == TagOperation.Remove;
        if (removes && !string.IsNullOrEmpty(tag.Value))
        {
            at["value"].Error(Codes.Exclusive, $"value and operation REMOVE can't both be set in {at.Path}: keep one");
        }
        else if (!removes && string.IsNullOrEmpty(tag.Value))
        {
            at["value"].Error(Codes.Required, $"{at.Path}.value is missing: a tag that is set needs an expression",
                "or write operation: REMOVE");
        }
    }
}
