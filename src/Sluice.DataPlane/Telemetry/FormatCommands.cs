using System.Collections.Frozen;

namespace Sluice.DataPlane.Telemetry;

/// <summary>The operators that formats can hold.</summary>
internal static class FormatCommands
{
    private static readonly string HostName = Environment.MachineName;

    private static readonly FrozenDictionary<string, FormatPart> Plain = new Dictionary<string, FormatPart>
    {
        ["PROTOCOL"] = Text(i => i.Protocol),
        ["HOSTNAME"] = Text(_ => HostName),
        ["STREAM_ID"] = Text(i => i.RequestId),
        ["ROUTE_NAME"] = Text(i => i.RouteName),
        ["RESPONSE_CODE"] = Number(i => i.Status),
        ["RESPONSE_FLAGS"] = Text(i => i.Flags.ToText()),
        ["CONNECTION_TERMINATION_DETAILS"] = Text(i => i.ConnectionTerminationDetails),
        ["BYTES_RECEIVED"] = Number(i => i.BytesReceived),
        ["BYTES_SENT"] = Number(i => i.BytesSent),
        ["REQUEST_HEADERS_BYTES"] = Number(i => i.RequestHeadBytes),
        ["RESPONSE_HEADERS_BYTES"] = Number(i => i.ResponseHeadBytes),
        ["DURATION"] = Milliseconds(i => i.Duration),
        ["REQUEST_DURATION"] = Milliseconds(i => i.RequestDuration),
        ["RESPONSE_DURATION"] = Milliseconds(i => i.ResponseDuration),
        ["RESPONSE_TX_DURATION"] = Milliseconds(i => i.Duration - i.ResponseDuration),
        ["GRPC_STATUS_NUMBER"] = Number(i => i.GrpcStatus),
        ["UPSTREAM_CLUSTER"] = Text(i => i.Cluster),
        ["UPSTREAM_CLUSTER_RAW"] = Text(i => i.Cluster),
        ["UPSTREAM_HOST"] = Text(i => i.UpstreamHost),
        ["UPSTREAM_REQUEST_ATTEMPT_COUNT"] = Number(i => i.Attempts),
        ["UPSTREAM_TRANSPORT_FAILURE_REASON"] = Text(i => i.UpstreamTransportFailure),
        ["UPSTREAM_LOCAL_ADDRESS"] = Text(i => i.UpstreamLocalAddress),
        ["UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT"] = WithoutPort(i => i.UpstreamLocalAddress),
        ["UPSTREAM_LOCAL_PORT"] = Port(i => i.UpstreamLocalAddress),
        ["UPSTREAM_REMOTE_ADDRESS"] = Text(i => i.UpstreamHost),
        ["UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT"] = WithoutPort(i => i.UpstreamHost),
        ["UPSTREAM_REMOTE_PORT"] = Port(i => i.UpstreamHost),
        ["DOWNSTREAM_LOCAL_ADDRESS"] = Text(i => i.DownstreamLocalAddress),
        ["DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT"] = WithoutPort(i => i.DownstreamLocalAddress),
        ["DOWNSTREAM_LOCAL_PORT"] = Port(i => i.DownstreamLocalAddress),
        ["DOWNSTREAM_REMOTE_ADDRESS"] = Text(i => i.DownstreamRemoteAddress),
        ["DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT"] = WithoutPort(i => i.DownstreamRemoteAddress),
        ["DOWNSTREAM_REMOTE_PORT"] = Port(i => i.DownstreamRemoteAddress),
        ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS"] = Text(i => i.DownstreamDirectRemoteAddress),
        ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT"] = WithoutPort(i => i.DownstreamDirectRemoteAddress),
        ["DOWNSTREAM_DIRECT_REMOTE_PORT"] = Port(i => i.DownstreamDirectRemoteAddress),
        ["DOWNSTREAM_TLS_VERSION"] = Text(i => i.DownstreamTlsVersion),
        ["DOWNSTREAM_TLS_CIPHER"] = Text(i => i.DownstreamTlsCipher),
        ["REQUESTED_SERVER_NAME"] = new(null, WriteServerName, IsNumber: false),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Envoy's other operators: what they tell is not gathered here.
    private static readonly FrozenSet<string> Unsupported = FrozenSet.Create(StringComparer.Ordinal,
        "ACCESS_LOG_TYPE", "BYTES_RETRANSMITTED", "CEL", "CLUSTER_METADATA", "COMMON_DURATION", "CONNECTION_ID", "CUSTOM_FLAGS",
        "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED", "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", "DOWNSTREAM_DETECTED_CLOSE_TYPE",
        "DOWNSTREAM_DIRECT_LOCAL_ADDRESS", "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT", "DOWNSTREAM_DIRECT_LOCAL_PORT",
        "DOWNSTREAM_HANDSHAKE_DURATION", "DOWNSTREAM_HEADER_BYTES_RECEIVED", "DOWNSTREAM_HEADER_BYTES_SENT", "DOWNSTREAM_LOCAL_CLOSE_REASON",
        "DOWNSTREAM_LOCAL_DNS_SAN", "DOWNSTREAM_LOCAL_EMAIL_SAN", "DOWNSTREAM_LOCAL_IP_SAN", "DOWNSTREAM_LOCAL_OTHERNAME_SAN",
        "DOWNSTREAM_LOCAL_SUBJECT", "DOWNSTREAM_LOCAL_URI_SAN", "DOWNSTREAM_PEER_CERT", "DOWNSTREAM_PEER_CERT_V_END",
        "DOWNSTREAM_PEER_CERT_V_START", "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1", "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256",
        "DOWNSTREAM_PEER_CHAIN_SERIALS", "DOWNSTREAM_PEER_DNS_SAN", "DOWNSTREAM_PEER_EMAIL_SAN", "DOWNSTREAM_PEER_FINGERPRINT_1",
        "DOWNSTREAM_PEER_FINGERPRINT_256", "DOWNSTREAM_PEER_IP_SAN", "DOWNSTREAM_PEER_ISSUER", "DOWNSTREAM_PEER_OTHERNAME_SAN",
        "DOWNSTREAM_PEER_SERIAL", "DOWNSTREAM_PEER_SUBJECT", "DOWNSTREAM_PEER_URI_SAN", "DOWNSTREAM_TLS_SESSION_ID",
        "DOWNSTREAM_TRANSPORT_FAILURE_REASON", "DOWNSTREAM_WIRE_BYTES_RECEIVED", "DOWNSTREAM_WIRE_BYTES_SENT", "DYNAMIC_METADATA",
        "EMIT_TIME", "ENVIRONMENT", "FILTER_CHAIN_NAME", "FILTER_STATE", "LOCAL_REPLY_BODY", "METADATA", "PACKETS_RETRANSMITTED", "PATH",
        "PER_REQUEST_STATE", "QUERY_PARAM", "QUERY_PARAMS", "REQUEST_TX_DURATION", "RESPONSE_FLAGS_LONG", "RESPONSE_TRAILERS_BYTES",
        "ROUNDTRIP_DURATION", "SPAN_ID", "TLS_JA3_FINGERPRINT", "TLS_JA4_FINGERPRINT", "TRACE_ID", "UNIQUE_ID", "UPSTREAM_CONNECTION_ID",
        "UPSTREAM_CONNECTION_POOL_READY_DURATION", "UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
        "UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", "UPSTREAM_DETECTED_CLOSE_TYPE", "UPSTREAM_FILTER_STATE", "UPSTREAM_HEADER_BYTES_RECEIVED",
        "UPSTREAM_HEADER_BYTES_SENT", "UPSTREAM_HOSTS_ATTEMPTED", "UPSTREAM_HOST_NAME", "UPSTREAM_HOST_NAME_WITHOUT_PORT",
        "UPSTREAM_LOCAL_CLOSE_REASON", "UPSTREAM_LOCAL_DNS_SAN", "UPSTREAM_LOCAL_IP_SAN", "UPSTREAM_LOCAL_SUBJECT", "UPSTREAM_LOCAL_URI_SAN",
        "UPSTREAM_METADATA", "UPSTREAM_PEER_CERT", "UPSTREAM_PEER_CERT_V_END", "UPSTREAM_PEER_CERT_V_START", "UPSTREAM_PEER_DNS_SAN",
        "UPSTREAM_PEER_IP_SAN", "UPSTREAM_PEER_ISSUER", "UPSTREAM_PEER_SUBJECT", "UPSTREAM_PEER_URI_SAN", "UPSTREAM_PROTOCOL",
        "UPSTREAM_TLS_CIPHER", "UPSTREAM_TLS_SESSION_ID", "UPSTREAM_TLS_VERSION", "UPSTREAM_WIRE_BYTES_RECEIVED",
        "UPSTREAM_WIRE_BYTES_SENT", "VIRTUAL_CLUSTER_NAME");

    /// <summary>What an operator stands for; null and a reason when there is no such operator, or it is written wrongly.</summary>
    public static FormatPart? Resolve(in FormatCommand command, List<string> unsupported, out string? reason)
    {
        reason = null;
        switch (command.Name)
        {
            case "REQ" or "RESP" or "TRAILER":
                return FormatFields.Resolve(command, out reason);
            case "START_TIME":
                return FormatTime.Resolve(command, out reason);
            case "RESPONSE_CODE_DETAILS" when command.Argument is null or "ALLOW_WHITESPACES":
                return command.Argument is null ? new(null, WriteDetails, IsNumber: false) : Text(i => i.CodeDetails);
            case "GRPC_STATUS":
                return FormatGrpcStatus.Resolve(command, out reason);
        }
        if (Plain.TryGetValue(command.Name, out var part))
        {
            if (command is { Argument: null, Length: null })
                return part;
            reason = $"%{command.Name}% takes no argument and no length";
            return null;
        }
        if (Unsupported.Contains(command.Name))
        {
            unsupported.Add(command.Name);
            return Text(_ => null);
        }
        reason = $"there is no operator %{command.Name}%";
        return null;
    }

    private static FormatPart Text(Func<RequestInfo, string?> read) => new(null, (RequestInfo info, ref FormatBuffer output) =>
    {
        if (read(info) is not { Length: > 0 } text)
            return false;
        output.Append(text);
        return true;
    }, IsNumber: false);

    private static FormatPart Number(Func<RequestInfo, long?> read) => new(null, (RequestInfo info, ref FormatBuffer output) =>
    {
        if (read(info) is not { } number)
            return false;
        output.Append(number);
        return true;
    }, IsNumber: true);

    private static FormatPart Milliseconds(Func<RequestInfo, TimeSpan?> read) =>
        Number(i => read(i) is { } time ? time.Ticks / TimeSpan.TicksPerMillisecond : null);

    private static FormatPart WithoutPort(Func<RequestInfo, string?> read) => new(null, (RequestInfo info, ref FormatBuffer output) =>
    {
        if (read(info) is not { } address)
            return false;
        var colon = address.LastIndexOf(':');
        output.Append(address.AsSpan(0, colon < 0 ? address.Length : colon).Trim("[]"));
        return true;
    }, IsNumber: false);

    private static FormatPart Port(Func<RequestInfo, string?> read) => new(null, (RequestInfo info, ref FormatBuffer output) =>
    {
        if (read(info) is not { } address)
            return false;
        output.Append(address.AsSpan(address.LastIndexOf(':') + 1));
        return true;
    }, IsNumber: true);

    // Details are one word in a line of words.
    private static bool WriteDetails(RequestInfo info, ref FormatBuffer output)
    {
        foreach (var character in info.CodeDetails ?? "")
            output.Append(character is ' ' or '\t' or '\r' or '\n' or '\v' or '\f' ? '_' : character);
        return info.CodeDetails is { Length: > 0 };
    }

    // The name comes from a ClientHello, unchecked: what no host name can hold must not get into a line of the log.
    private static bool WriteServerName(RequestInfo info, ref FormatBuffer output)
    {
        foreach (var character in info.RequestedServerName ?? "")
            output.Append(char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' ? character : '_');
        return info.RequestedServerName is { Length: > 0 };
    }
}
