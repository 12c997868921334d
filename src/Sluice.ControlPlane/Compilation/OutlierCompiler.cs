using System.Collections.Frozen;
using Sluice.Api.Networking;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles <c>outlierDetection</c>, with the defaults that Istio gives it
/// (https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection).</summary>
internal static class OutlierCompiler
{
    private static readonly OutlierDetector Defaults = new();

    /// <summary>The detector; null where nothing is to be detected.</summary>
    public static OutlierDetector? Compile(OutlierDetection? written)
    {
        if (written is null)
            return null;
        var splits = written.SplitExternalLocalOriginErrors == true;
        return new OutlierDetector
        {
            Consecutive5xxErrors = Count(written.Consecutive5xxErrors) ?? Defaults.Consecutive5xxErrors,
            ConsecutiveGatewayErrors = Count(written.ConsecutiveGatewayErrors) ?? Defaults.ConsecutiveGatewayErrors,
            SplitsLocalOrigin = splits,
            ConsecutiveLocalOriginFailures = Positive(Count(written.ConsecutiveLocalOriginFailures)) ?? Defaults.ConsecutiveLocalOriginFailures,
            Interval = written.Interval ?? Defaults.Interval,
            BaseEjectionTime = written.BaseEjectionTime ?? Defaults.BaseEjectionTime,
            MaxEjectionPercent = Positive(written.MaxEjectionPercent) ?? Defaults.MaxEjectionPercent,
            ErrorStatuses = written.OutlierDetectionHttpErrorCodes is { Count: > 0 } statuses
                ? statuses.Select(s => (int)s).ToFrozenSet()
                : null,
        };
    }

    private static int? Count(uint? value) => value is { } count ? (int)Math.Min(count, int.MaxValue) : null;

    // In Istio 0 can't be told from nothing here.
    private static int? Positive(int? value) => value > 0 ? value : null;
}
