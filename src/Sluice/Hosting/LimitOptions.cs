using Sluice.Transport.Server;

namespace Sluice.Hosting;

/// <summary>Limits on what clients may take, one for each name of <c>--limit</c>.</summary>
internal sealed record LimitOptions
{
    /// <summary><c>headers-time</c>: from the first byte of a request to its last header field, and from connecting to the first byte.
    /// Then 408, or the connection closes. Default 15 s.</summary>
    public TimeSpan HeadersTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>handshake-time</c>: for a TLS handshake. Default 10 s.</summary>
    public TimeSpan HandshakeTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>idle-time</c>: how long a connection may stay open without a request; 0 for ever. Default 1 h, as in Istio.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>stream-idle-time</c>: how long a request or its answer may stand still; 0, the default as in Istio, for ever.</summary>
    public TimeSpan StreamIdleTime { get; init; } = TimeSpan.Zero;

    /// <summary><c>headers-size</c>: bytes of all header fields of a request, decoded. Beyond: 431. Default 60 KiB, as Envoy.</summary>
    public int HeadersSize { get; init; } = 60 * 1024;

    /// <summary><c>headers-count</c>: header fields of a request. Beyond: 431. Default 100, as Envoy.</summary>
    public int HeadersCount { get; init; } = 100;

    /// <summary><c>body-rate</c>: bytes a second that a request body must bring on average, after a grace of 5 s; 0 for no minimum.
    /// Default 240.</summary>
    public int BodyRate { get; init; } = 240;

    /// <summary><c>response-rate</c>: bytes a second that a client must take of an answer on average, after a grace of 5 s; 0 for no
    /// minimum. Default 240.</summary>
    public int ResponseRate { get; init; } = 240;

    /// <summary><c>streams</c>: concurrent streams of an HTTP/2 connection. Default 100.</summary>
    public int Streams { get; init; } = 100;

    /// <summary><c>connections</c>: open client connections of the process; those beyond are closed at once. 0, the default, for 90 %
    /// of the descriptors that the process may open.</summary>
    public int Connections { get; init; }

    /// <summary>The ones that HTTP/1.1 knows.</summary>
    public Http1ServerLimits OfHttp1() => new()
    {
        FieldBytes = HeadersSize,
        FieldCount = HeadersCount,
        HeadTime = HeadersTime,
        IdleTime = IdleTime,
        BodyRate = BodyRate,
        AnswerRate = ResponseRate,
    };
}
