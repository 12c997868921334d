using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Whether the host of a DestinationRule exists, its subsets select something, upstreams are verified, and ejection can
/// work.</summary>
internal sealed class DestinationRuleAnalysis
{
    private readonly ConfigIndex _index;
    private readonly ServiceWorkloads _workloads;

    private DestinationRuleAnalysis(ConfigIndex index)
    {
        _index = index;
        _workloads = new ServiceWorkloads(index);
    }

    /// <summary>Looks at all DestinationRules.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new DestinationRuleAnalysis(index);
        foreach (var (rule, root) in ConfigIndex.Whole(index.Set.DestinationRules, findings)) analysis.Check(rule, root["spec"]);
    }

    private void Check(Resource<DestinationRuleSpec> rule, Field at)
    {
        var spec = rule.Spec;
        if (spec.Host is not { Length: > 0 } host) return;
        CheckVerification(at, spec);
        var service = _index.Services.Find(host, rule.Namespace);
        if (service is null && !_index.Services.AnyUnder(host, rule.Namespace))
        {
            at["host"].Warning(Codes.UnknownRuleHost,
                $"{at.Path}.host {host}: there is no such service, so the rule has no effect",
                _index.Suggest(_index.Services.Expand(host, rule.Namespace), _index.Services.Hosts));
        }

        if (spec.TrafficPolicy?.OutlierDetection is { } outlier)
            CheckEjection(at["trafficPolicy"]["outlierDetection"], outlier, service, null);
        foreach (var (subset, each) in at["subsets"].Each(spec.Subsets)) CheckSubset(each, subset, service);
    }

    private void CheckSubset(Field at, Subset subset, KnownService? service)
    {
        if (subset.TrafficPolicy?.OutlierDetection is { } outlier)
            CheckEjection(at["trafficPolicy"]["outlierDetection"], outlier, service, subset.Labels);
        if (subset.TrafficPolicy?.Tls is { } tls) CheckSkipped(at["trafficPolicy"]["tls"], tls);
        if (subset.Labels is null or { Count: 0 })
        {
            at.Warning(Codes.SubsetWithoutLabels, $"{at.Path} \"{subset.Name}\" has no labels: it is the whole service",
                "add the labels of its endpoints");
        }
        else if (service is not null && _workloads.Count(service, subset.Labels) == 0)
        {
            at.Error(Codes.SubsetSelectsNothing,
                $"{at.Path} \"{subset.Name}\" ({Labels.Text(subset.Labels)}) selects no endpoint of {service.Host}, so its "
                    + "requests get 503");
        }
    }

    private static void CheckVerification(Field at, DestinationRuleSpec spec)
    {
        if (spec.TrafficPolicy is not { } policy) return;
        var policyAt = at["trafficPolicy"];
        if (policy.Tls is { } tls) CheckTls(policyAt["tls"], tls, Codes.UnverifiedServer, spec.Host!);
        foreach (var (port, each) in policyAt["portLevelSettings"].Each(policy.PortLevelSettings))
        {
            if (port is { Tls: { } own, Port.Number: { } number })
                CheckTls(each["tls"], own, Codes.UnverifiedServerAtPort, $"{spec.Host} at port {number}");
        }
    }

    private static void CheckTls(Field at, ClientTlsSettings tls, string code, string host)
    {
        if (tls.Mode is not (ClientTlsMode.Simple or ClientTlsMode.Mutual)) return;
        CheckSkipped(at, tls);
        if (!string.IsNullOrEmpty(tls.CaCertificates) || !string.IsNullOrEmpty(tls.CredentialName)
            || tls.InsecureSkipVerify == true)
            return;
        at.Warning(code,
            $"{at.Path} names no CA for {host}: its certificate is only checked against the authorities that the system trusts",
            "set caCertificates or credentialName");
    }

    private static void CheckSkipped(Field at, ClientTlsSettings tls)
    {
        if (tls.Mode is not (ClientTlsMode.Simple or ClientTlsMode.Mutual)) return;
        if (tls.InsecureSkipVerify == true)
        {
            at["insecureSkipVerify"].Warning(Codes.UpstreamNotVerified,
                $"{at.Path}.insecureSkipVerify is on: whoever answers is believed to be the upstream",
                "set caCertificates and subjectAltNames instead");
        }
        else if (!string.IsNullOrEmpty(tls.Sni) && tls.SubjectAltNames is null or { Count: 0 })
        {
            at["sni"].Info(Codes.UpstreamNotVerified,
                $"{at.Path}.sni is set without subjectAltNames: the name in the certificate is not checked",
                $"add subjectAltNames: [{tls.Sni}]");
        }
    }

    /// <summary>Ejection takes whole endpoints: what is less than one is none, and 100 percent is all of them.</summary>
    private void CheckEjection(Field at, OutlierDetection outlier, KnownService? service,
        IReadOnlyDictionary<string, string>? labels)
    {
        const int Default = 10;
        var isDefault = outlier.MaxEjectionPercent is null or 0;
        var percent = isDefault ? Default : outlier.MaxEjectionPercent!.Value;
        var written = isDefault ? $"{at.Path}.maxEjectionPercent is {Default} unless set otherwise"
            : $"{at.Path}.maxEjectionPercent is {percent}";
        if (percent >= 100 && outlier.MinHealthPercent is null or 0)
        {
            at["maxEjectionPercent"].Info(Codes.EjectionLimit,
                $"{written}: every endpoint can be ejected, and requests then get 503", "keep some, e.g. 50");
        }

        if (service is null || _workloads.Count(service, labels) is not { } count || count == 0 || percent * count >= 100) return;
        var place = at["maxEjectionPercent"];
        var message = $"{written}: of the {count} endpoint{(count == 1 ? "" : "s")} of {service.Host} none is ever ejected";
        var hint = $"at least {(99 + count) / count} ejects one";
        // Who wrote no number relies on Istio's: that is worth an advice, as in most of its own samples, and no more.
        if (isDefault)
            place.Info(Codes.EjectionLimit, message, hint);
        else
            place.Warning(Codes.EjectionLimit, message, hint);
    }
}
