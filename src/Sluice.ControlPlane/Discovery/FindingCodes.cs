namespace Sluice.ControlPlane.Discovery;

/// <summary>Codes of the findings that only show when objects are put together.</summary>
internal static class FindingCodes
{
    /// <summary>A field that would change traffic is accepted and not acted upon yet.</summary>
    public const string NotInForce = "SLU0110";

    /// <summary>A field that has a meaning in a mesh has none at its edge.</summary>
    public const string NoEffectHere = "SLU0111";

    /// <summary>A Gateway server, or one of its names, gives way to another that was there before.</summary>
    public const string GivesWay = "SLU0112";

    /// <summary>What a DestinationRule names for TLS can't be used.</summary>
    public const string UpstreamCertificate = "SLU0212";

    /// <summary>Nothing says where the endpoints of a Service are; its address or name is used.</summary>
    public const string EndpointsAssumed = "SLU0220";

    /// <summary>Requests are to go to the address that the client meant, which nobody knows at an edge.</summary>
    public const string NoOriginalDestination = "SLU0222";

    /// <summary>A name that an endpoint is written as does not resolve.</summary>
    public const string NameUnresolved = "SLU0221";
}
