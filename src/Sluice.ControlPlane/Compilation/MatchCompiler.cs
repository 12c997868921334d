using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles the entries of an HTTP rule's <c>match</c>. What doesn't depend on the request is settled here.</summary>
/// <remarks>https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest.</remarks>
internal sealed class MatchCompiler(GatewayIdentity identity, ObjectLedger ledger)
{
    private const string AnyValue = "*";
    private const string ClaimPrefix = "@request.auth.claims";

    private static readonly RouteMatcher AnyPath = new([new PathPredicate(StringMatcher.Prefix("/"))]);
    private readonly Dictionary<string, StringMatcher> _patterns = new(StringComparer.Ordinal);

    /// <summary>Whether an entry can hold at all on a listener.</summary>
    /// <param name="match">The entry.</param>
    /// <param name="gateway">The gateway that the VirtualService is reached through.</param>
    /// <param name="serverPort">The port that the server declares.</param>
    public bool Applies(HttpMatch match, string gateway, int serverPort) =>
        (match.Port is not > 0 || match.Port == serverPort)
        && FromHere(match.Gateways, match.SourceLabels, match.SourceNamespace, gateway);

    /// <summary>Whether the caller that <c>gateways</c>, or else <c>sourceLabels</c> and <c>sourceNamespace</c> describe is this
    /// gateway.</summary>
    private bool FromHere(
        IReadOnlyList<string>? gateways, IReadOnlyDictionary<string, string>? sourceLabels, string? sourceNamespace, string gateway)
    {
        if (gateways is { Count: > 0 })
            return gateways.Contains(gateway);
        return Labels.Include(identity.Labels, sourceLabels)
            && (string.IsNullOrEmpty(sourceNamespace) || sourceNamespace == identity.Namespace);
    }

    /// <summary>Compiles what depends on the request.</summary>
    /// <param name="match">The entry.</param>
    /// <param name="rule">The rule it belongs to.</param>
    /// <param name="index">Its index there.</param>
    public RouteMatcher Compile(HttpMatch match, HttpRule rule, int index)
    {
        var predicates = new List<RoutePredicate>();
        if (match.Uri is { } uri && Value(uri, match.IgnoreUriCase == true, uri.Prefix is not null) is { } path)
            predicates.Add(new PathPredicate(path));
        Add(predicates, HeadPart.Method, match.Method);
        Add(predicates, HeadPart.Authority, match.Authority);
        Add(predicates, HeadPart.Scheme, match.Scheme);
        AddHeaders(predicates, match.Headers, false, rule, $"{rule.Path}.match[{index}].headers");
        AddHeaders(predicates, match.WithoutHeaders, true, rule, $"{rule.Path}.match[{index}].withoutHeaders");
        foreach (var (key, value) in Sorted(match.QueryParams))
            predicates.Add(new QueryPredicate(key, Value(value)));
        if (predicates.Count == 0)
            return RouteMatcher.Any;
        return predicates is [PathPredicate { Matcher: { Kind: StringMatchKind.Prefix, Text: "/" } }]
            ? AnyPath
            : new RouteMatcher([.. predicates]);
    }

    /// <summary>What a value is compared with; null when mere presence is asked for (an empty entry, or the pattern <c>*</c>).</summary>
    public StringMatcher? Value(StringMatch match, bool ignoreCase = false, bool emptyPrefix = false) => match switch
    {
        { Exact: { } exact } => StringMatcher.Exact(exact, ignoreCase),
        { Prefix: { } prefix } when prefix.Length > 0 || emptyPrefix => StringMatcher.Prefix(prefix, ignoreCase),
        { Regex: { Length: > 0 } regex } when regex != AnyValue => Pattern(regex),
        _ => null,
    };

    private void Add(List<RoutePredicate> predicates, HeadPart part, StringMatch? match)
    {
        if (match is not null && Value(match) is { } value)
            predicates.Add(new HeadPredicate(part, value));
    }

    private void AddHeaders(
        List<RoutePredicate> predicates, IReadOnlyDictionary<string, StringMatch>? headers, bool negated, HttpRule rule, string path)
    {
        foreach (var (name, value) in Sorted(headers))
        {
            if (IsClaim(name))
            {
                ledger.NotInForce(rule.Source, $"{path}[{name}]", "no token is verified yet, so the match never holds");
                predicates.Add(new ClaimPredicate(name[ClaimPrefix.Length..].TrimStart('.'), Value(value), negated));
            }
            else if (name is "uri" or "scheme" or "method" or "authority")
            {
                ledger.Report(rule.Source, $"{path}[{name}]", Severity.Warning, FindingCodes.NoEffectHere,
                    $"the key {name} is ignored in {(negated ? "withoutHeaders" : "headers")}", $"match.{name} is the field for it");
            }
            else
            {
                predicates.Add(new HeaderPredicate(name, Value(value), negated));
            }
        }
    }

    // Patterns repeat over rules, and one compiled expression is worth many strings.
    private StringMatcher Pattern(string pattern)
    {
        if (!_patterns.TryGetValue(pattern, out var matcher))
            _patterns[pattern] = matcher = StringMatcher.Regex(pattern);
        return matcher;
    }

    private static bool IsClaim(string name) =>
        name.Length > ClaimPrefix.Length + 1
        && name.StartsWith(ClaimPrefix, StringComparison.Ordinal)
        && name[ClaimPrefix.Length] is ('.' or '[');

    private static IEnumerable<KeyValuePair<string, StringMatch>> Sorted(IReadOnlyDictionary<string, StringMatch>? entries) =>
        entries is null ? [] : entries.Count == 1 ? entries : entries.OrderBy(e => e.Key, StringComparer.Ordinal);
}
