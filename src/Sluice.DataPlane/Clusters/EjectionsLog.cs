using Microsoft.Extensions.Logging;

namespace Sluice.DataPlane.Clusters;

internal static partial class EjectionsLog
{
    [LoggerMessage(1, LogLevel.Warning, "Endpoint {Address} of {Cluster} is ejected for {Seconds} s because of {Cause}, for the {Count}. time")]
    public static partial void Ejected(ILogger log, string address, string cluster, string cause, double seconds, int count);

    [LoggerMessage(2, LogLevel.Debug,
        "Endpoint {Address} of {Cluster} is not ejected in spite of {Cause}: with {Ejected} of {Total} ejected already it would be more than {Percent} %")]
    public static partial void TooMany(ILogger log, string address, string cluster, string cause, int ejected, int total, int percent);

    [LoggerMessage(3, LogLevel.Information, "Endpoint {Address} of {Cluster} is back")]
    public static partial void Returned(ILogger log, string address, string cluster);

    [LoggerMessage(4, LogLevel.Warning, "Endpoint {Address} of {Cluster} is ejected until an operator puts it back")]
    public static partial void EjectedByOperator(ILogger log, string address, string cluster);
}
