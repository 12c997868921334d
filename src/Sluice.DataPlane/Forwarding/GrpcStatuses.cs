using System.Globalization;

namespace Sluice.DataPlane.Forwarding;

/// <summary>gRPC statuses as statuses of HTTP, for those who don't know gRPC
/// (https://cloud.google.com/apis/design/errors#handling_errors).</summary>
internal static class GrpcStatuses
{
    /// <summary>Stands for a status that is not there.</summary>
    public const sbyte None = -1;

    private const int Last = 16;

    /// <summary>Reads a <c>grpc-status</c>; <see cref="None"/> when it is none of gRPC's.</summary>
    public static sbyte Parse(string value) =>
        sbyte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= Last ? code : None;

    /// <summary>The HTTP status of a gRPC status.</summary>
    public static int ToHttp(int grpcStatus) => grpcStatus switch
    {
        0 => 200,
        1 => 499,
        3 or 9 or 11 => 400,
        4 => 504,
        5 => 404,
        6 or 10 => 409,
        7 => 403,
        8 => 429,
        12 => 501,
        14 => 503,
        16 => 401,
        _ => 500,
    };
}
