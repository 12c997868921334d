using System.Buffers;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Labels and the selectors made of them.</summary>
internal static class Labels
{
    private const int MaxNameLength = 63;
    private const int MaxPrefixLength = 253;

    private static readonly SearchValues<char> QualifiedChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Kinds that a policy may be attached to, as <c>group/kind</c>.</summary>
    private static readonly string[] Attachable =
        ["/Service", "networking.istio.io/ServiceEntry", "gateway.networking.k8s.io/Gateway",
            "gateway.networking.k8s.io/GatewayClass"];

    /// <summary>Whether every label of the selector is among the labels; an empty selector selects all.</summary>
    public static bool Select(IReadOnlyDictionary<string, string>? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector is null) return true;
        foreach (var (key, value) in selector)
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value) return false;
        }

        return true;
    }

    /// <summary>The selector as people write it, <c>a=b,c=d</c>.</summary>
    public static string Text(IReadOnlyDictionary<string, string>? selector) =>
        selector is null ? ""
            : string.Join(',', selector.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    /// <summary>Checks labels that are looked for or given.</summary>
    public static void Check(Field at, IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var (key, value, each) in at.Each(labels))
        {
            if (!IsKey(key)) each.Error(Codes.Label, $"{at.Path} has the key \"{key}\", which no label can have");
            else if (value.Length > MaxNameLength || (value.Length > 0 && !IsQualified(value)))
            {
                each.Error(Codes.Label, $"{each.Path} \"{value}\" is not a label's value",
                    "at most 63 letters, digits, hyphens, dots and underscores");
            }
        }
    }

    /// <summary>Checks <c>selector.matchLabels</c> of a policy.</summary>
    public static void CheckSelector(Field at, LabelSelector? selector)
    {
        if (selector is not null) CheckSelector(at, at["matchLabels"], selector.MatchLabels);
    }

    /// <summary>Checks a selector: no wildcards, no empty keys; one without labels is a warning, because it selects
    /// everything.</summary>
    public static void CheckSelector(Field at, Field labelsAt, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null or { Count: 0 })
        {
            at.Warning(Codes.SchemaWarning, $"{at.Path} has no labels: it selects every workload",
                "leave the selector out to say so");
            return;
        }

        foreach (var (key, value, each) in labelsAt.Each(labels))
        {
            if (key.Length == 0) labelsAt.Error(Codes.Label, $"{labelsAt.Path} has an empty key");
            else if (key.Contains('*') || value.Contains('*'))
            {
                each.Error(Codes.Label, $"{each.Path}: a selector takes no wildcard", "name each label in full");
            }
            else if (value.Length > MaxNameLength)
            {
                each.Error(Codes.Label, $"{each.Path} is longer than a label's value can be", "at most 63 characters");
            }
        }
    }

    /// <summary>Checks how a policy is attached: by a selector, or by one or several references, never both.</summary>
    public static void CheckAttachment(
        Field spec, LabelSelector? selector, PolicyTargetReference? targetRef, IReadOnlyList<PolicyTargetReference>? targetRefs)
    {
        var ways = (selector is null ? 0 : 1) + (targetRef is null ? 0 : 1) + (targetRefs is { Count: > 0 } ? 1 : 0);
        if (ways > 1)
        {
            spec.Error(Codes.Exclusive, $"selector, targetRef and targetRefs can't be set together in {spec.Path}: keep one");
        }

        CheckSelector(spec["selector"], selector);
        if (targetRef is not null) CheckTarget(spec["targetRef"], targetRef);
        foreach (var (target, at) in spec["targetRefs"].Each(targetRefs)) CheckTarget(at, target);
    }

    private static void CheckTarget(Field at, PolicyTargetReference target)
    {
        if (string.IsNullOrEmpty(target.Name))
            at["name"].Error(Codes.Required, $"{at.Path}.name is missing: name what the policy is for");
        if (!string.IsNullOrEmpty(target.Namespace))
        {
            at["namespace"].Error(Codes.TargetRef,
                $"{at.Path}.namespace is set: a policy can only be attached in its own namespace",
                "leave it out");
        }

        var group = target.Group is null or "core" ? "" : target.Group;
        if (!Attachable.Contains($"{group}/{target.Kind}"))
        {
            at["kind"].Error(Codes.TargetRef, $"{at.Path} points to a {target.Kind} of group \"{group}\", which takes no policy",
                "a Service, a ServiceEntry, or a Gateway or GatewayClass of gateway.networking.k8s.io");
        }
    }

    private static bool IsKey(string key)
    {
        var slash = key.IndexOf('/');
        if (slash < 0) return key.Length <= MaxNameLength && IsQualified(key);
        return slash <= MaxPrefixLength && Hosts.IsFullyQualified(key.AsSpan(0, slash)) && key[slash - 1] != '.'
            && key.Length - slash - 1 <= MaxNameLength && IsQualified(key.AsSpan(slash + 1));
    }

    private static bool IsQualified(ReadOnlySpan<char> text) =>
        !text.IsEmpty && !text.ContainsAnyExcept(QualifiedChars) && char.IsAsciiLetterOrDigit(text[0])
            && char.IsAsciiLetterOrDigit(text[^1]);
}
