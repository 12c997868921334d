namespace Sluice.DataPlane.Clusters;

/// <summary>The causes of ejections in Envoy's words.</summary>
public static class EjectionText
{
    /// <summary>The word for one cause; empty for none.</summary>
    public static string Of(EjectionCause cause) => cause switch
    {
        EjectionCause.ServerErrors => "consecutive_5xx",
        EjectionCause.GatewayErrors => "consecutive_gateway_failure",
        EjectionCause.LocalOriginFailures => "consecutive_local_origin_failure",
        EjectionCause.Operator => "operator",
        _ => "",
    };
}
