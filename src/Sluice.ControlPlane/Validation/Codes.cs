namespace Sluice.ControlPlane.Validation;

/// <summary>Codes of the findings that validation makes: Istio's where its analysis has the check, Kiali's where Kiali has it,
/// else ours.
/// One code for each class of mistake; <c>docs/findings.md</c> has a section on each.</summary>
internal static class Codes
{
    // Values that Istio refuses, too: SLU0030 to SLU0099. They keep a configuration from being loaded.
    public const string Required = "SLU0030";
    public const string Exclusive = "SLU0031";
    public const string Empty = "SLU0032";
    public const string HostName = "SLU0033";
    public const string Name = "SLU0034";
    public const string Port = "SLU0035";
    public const string Protocol = "SLU0036";
    public const string Duration = "SLU0037";
    public const string Percentage = "SLU0038";
    public const string Number = "SLU0039";
    public const string Status = "SLU0040";
    public const string HeaderName = "SLU0041";
    public const string Format = "SLU0042";
    public const string Pattern = "SLU0043";
    public const string EmptyMatch = "SLU0044";
    public const string UnknownWord = "SLU0045";
    public const string Address = "SLU0046";
    public const string UnixSocket = "SLU0047";
    public const string Duplicate = "SLU0048";
    public const string Weights = "SLU0049";
    public const string ExportTo = "SLU0050";
    public const string Label = "SLU0051";
    public const string ServerCertificate = "SLU0052";
    public const string TlsAndProtocol = "SLU0053";
    public const string ClientCertificate = "SLU0054";
    public const string SniHost = "SLU0055";
    public const string TargetRef = "SLU0056";
    public const string Delegate = "SLU0057";
    public const string Jwks = "SLU0058";
    public const string Locality = "SLU0059";
    public const string Resolution = "SLU0060";
    public const string BodySize = "SLU0061";
    public const string Unsupported = "SLU0062";
    public const string DryRun = "SLU0063";
    public const string Expression = "SLU0064";

    // What Istio's validation warns about.
    public const string SchemaWarning = "IST0133";
    public const string UnreachableRule = "IST0130";
    public const string IneffectiveMatch = "IST0131";
    public const string AddressesRequired = "IST0134";

    // Istio's analysis.
    public const string Deprecated = "IST0002";
    public const string NotFound = "IST0101";
    public const string ConflictingMeshHosts = "IST0109";
    public const string PortRequired = "IST0112";
    public const string PortName = "IST0118";
    public const string NoMatchingWorkload = "IST0127";
    public const string UnverifiedServer = "IST0128";
    public const string UnverifiedServerAtPort = "IST0129";
    public const string HostNotInGateway = "IST0132";
    public const string DuplicateCertificate = "IST0138";
    public const string SubsetWithoutEffect = "IST0140";
    public const string ConflictingGateways = "IST0145";
    public const string ClaimsWithoutAuthentication = "IST0149";
    public const string ConflictingTelemetrySelectors = "IST0159";
    public const string SeveralTelemetries = "IST0160";
    public const string InvalidCredential = "IST0161";
    public const string PortNotOnService = "IST0162";
    public const string InternalGateway = "IST0165";
    public const string NegativeCondition = "IST0171";
    public const string SubsetSelectsNothing = "IST0173";
    public const string UnknownRuleHost = "IST0174";
    public const string ConflictingProtocols = "IST0177";

    // Kiali's checks.
    public const string SelectorMatchesNothing = "KIA0004";
    public const string NamespaceNotFound = "KIA0005";
    public const string UnusualMethod = "KIA0102";
    public const string PolicyHostNotServed = "KIA0104";
    public const string NeedsMutualTls = "KIA0105";
    public const string SeveralRulesForSubset = "KIA0201";
    public const string SubsetWithoutLabels = "KIA0209";
    public const string ForeignGateway = "KIA0302";
    public const string UnknownAppProtocol = "KIA0602";
    public const string TargetPortNotFound = "KIA0701";
    public const string SingleWeight = "KIA1104";
    public const string RepeatedDestination = "KIA1105";
    public const string SharedHost = "KIA1106";
    public const string SeveralServiceEntries = "KIA1211";

    // Accepted without effect.
    public const string StickyWeights = "SLU0113";

    // Our own advice.
    public const string PrefixMatchesSiblings = "SLU0201";
    public const string SplitBreaksAffinity = "SLU0202";
    public const string UnreachableAfterCatchAll = "SLU0203";
    public const string ShadowedAcrossObjects = "SLU0204";
    public const string EjectionLimit = "SLU0205";
    public const string UpstreamNotVerified = "SLU0206";
    public const string RetryRepeatsRequest = "SLU0207";
    public const string CredentialUnusable = "SLU0208";
    public const string FaultBypassesRetries = "SLU0209";
    public const string FaultNeverHappens = "SLU0210";
    public const string UnknownProvider = "SLU0211";
}
