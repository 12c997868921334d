using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Api.Findings;
using Sluice.ControlPlane.Tests.Sources;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>The cases of Istio's own tests: what its validation refuses or warns of, and what its analyzers find.</summary>
public sealed partial class IstioCaseTests
{
    private const string Validation = "istio/cases/validation.json";
    private const string Analysis = "istio/cases/analysis";

    /// <summary>Cases that can't be met.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["val-0247"] = "a WorkloadGroup, which is not read",
        ["val-0251"] = "a WorkloadGroup, which is not read",
        ["val-0504"] = "a ProxyConfig, which is not read",
        ["val-0414"] = "rules: [{}] stands for a rule that YAML can't say; Istio accepts what is written",
        ["val-0482"] = "an empty portLevelMtls stands for none in YAML; Istio accepts what is written",
    };

    [Fact]
    public void Refuses_and_warns_of_what_Istio_does()
    {
        Assert.SkipUnless(Repository.Shared(Validation) is not null, "the cases of Istio's tests are absent");
        using var cases = JsonDocument.Parse(File.ReadAllText(Repository.Shared(Validation)!));
        var failures = cases.RootElement.GetProperty("cases").EnumerateArray()
            .Where(each => each.TryGetProperty("spec", out var spec) && spec.GetString() is { Length: > 0 })
            .Where(each => !Exceptions.ContainsKey(each.GetProperty("id").GetString()!))
            .Select(Judge).OfType<string>();
        Assert.Empty(failures);
    }

    [Fact]
    public void Finds_what_the_analyzers_of_Istio_do()
    {
        Assert.SkipUnless(Repository.Shared(Analysis) is not null, "the cases of Istio's tests are absent");
        var folder = Repository.Shared(Analysis)!;
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        foreach (var each in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (each.TryGetProperty("missingFile", out _) || each.TryGetProperty("meshConfigFile", out _)) continue;
            var files = each.GetProperty("files").EnumerateArray().Select(file => Path.Combine(folder, file.GetString()!));
            var found = Validated.Files([.. files]).Select(finding => $"{finding.Code} {Short(finding.Resource)}").ToHashSet();
            Assert.All(each.GetProperty("expected").EnumerateArray(), expected =>
            {
                var origin = expected.GetProperty("origin").GetString()!;
                if (IsRead(origin)) Assert.Contains($"{expected.GetProperty("code").GetString()} {Short(origin)}", found);
            });
        }
    }

    private static string? Judge(JsonElement each)
    {
        var findings = Validated.Text(each.GetProperty("spec").GetString()!);
        var errors = findings.Where(finding => finding.Severity == Severity.Error && ValueError().IsMatch(finding.Code)).ToList();
        var isValid = IsTrue(each, "valid");
        var warns = findings.Any(finding => finding.Severity == Severity.Warning && !Reference().IsMatch(finding.Code));
        if (isValid != (errors.Count == 0))
            return $"{each.GetProperty("id")} {each.GetProperty("name")}: valid {isValid}, but {string.Join("; ", errors)}";
        return isValid && IsTrue(each, "warning") && !warns ? $"{each.GetProperty("id")}: no warning" : null;
    }

    private static bool IsTrue(JsonElement each, string name) => each.GetProperty(name).ValueKind == JsonValueKind.True;

    /// <summary>Whether an object's kind is one that is read.</summary>
    private static bool IsRead(string origin) => origin.Split(' ')[0] is
        "Gateway" or "VirtualService" or "DestinationRule" or "ServiceEntry" or "AuthorizationPolicy" or "RequestAuthentication"
        or "PeerAuthentication" or "Telemetry" or "Service" or "Secret";

    private static string Short(string resource) => resource.Replace(" default/", " ", StringComparison.Ordinal);

    [GeneratedRegex(@"^SLU00\d\d$")]
    private static partial Regex ValueError();

    /// <summary>Codes that are about other objects than the one of the case.</summary>
    [GeneratedRegex(@"^(IST01(01|02|03|04|09|12|27|28|29|32|40|45|49|59|60|61|62|65|73|74|77)|KIA0[12]\d\d|KIA030[12]|KIA110[12567])$")]
    private static partial Regex Reference();
}
