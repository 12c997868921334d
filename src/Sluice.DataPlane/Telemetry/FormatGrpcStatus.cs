namespace Sluice.DataPlane.Telemetry;

/// <summary>The operator <c>%GRPC_STATUS%</c>, in the spellings <c>CAMEL_STRING</c> (the default), <c>SNAKE_STRING</c> and <c>NUMBER</c>.</summary>
internal static class FormatGrpcStatus
{
    // In the order of their numbers.
    private static readonly string[] Camel =
    [
        "OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied",
        "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
        "Unauthenticated",
    ];

    private static readonly string[] Snake =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// <summary>What the operator stands for; null and a reason when it is written wrongly.</summary>
    public static FormatPart? Resolve(in FormatCommand command, out string? reason)
    {
        reason = null;
        switch (command)
        {
            case { Length: null, Argument: null or "" or "CAMEL_STRING" }:
                return Of(Camel);
            case { Length: null, Argument: "SNAKE_STRING" }:
                return Of(Snake);
            case { Length: null, Argument: "NUMBER" }:
                return Of([]);
            default:
                reason = "%GRPC_STATUS% takes CAMEL_STRING, SNAKE_STRING or NUMBER";
                return null;
        }
    }

    private static FormatPart Of(string[] names) => new(null, (RequestInfo info, ref FormatBuffer output) =>
    {
        if (info.GrpcStatus is not { } status)
            return false;
        if (status >= 0 && status < names.Length)
            output.Append(names[status]);
        else
            output.Append(status);
        return true;
    }, IsNumber: names.Length == 0);
}
