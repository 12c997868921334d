using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Hosting;

/// <summary>Turns Kestrel, made for web applications, into the front of a proxy.</summary>
internal static class KestrelLimits
{
    private const int RequestLineSize = 32 * 1024;
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    public static void Apply(KestrelServerOptions options, LimitOptions limits)
    {
        KestrelRequirements.Apply(options);
        Apply(options.Limits, limits);
        Apply(options.Limits.Http2, limits);
    }

    private static void Apply(KestrelServerLimits kestrel, LimitOptions limits)
    {
        kestrel.MaxRequestLineSize = RequestLineSize;
        kestrel.MaxRequestHeadersTotalSize = limits.HeadersSize;
        kestrel.MaxRequestHeaderCount = limits.HeadersCount;
        // Kestrel insists on a buffer that holds the head of a request.
        kestrel.MaxRequestBufferSize = Math.Max(BufferSize, limits.HeadersSize);
        kestrel.MaxResponseBufferSize = BufferSize;
        kestrel.RequestHeadersTimeout = limits.HeadersTime;
        kestrel.KeepAliveTimeout = limits.IdleTime == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : limits.IdleTime;
        kestrel.MinRequestBodyDataRate = Rate(limits.BodyRate);
        kestrel.MinResponseDataRate = Rate(limits.ResponseRate);
    }

    private static void Apply(Http2Limits http2, LimitOptions limits)
    {
        http2.MaxStreamsPerConnection = limits.Streams;
        http2.MaxRequestHeaderFieldSize = limits.HeadersSize;
        http2.InitialStreamWindowSize = 64 * 1024;
        http2.InitialConnectionWindowSize = 1024 * 1024;
        http2.MaxFrameSize = 16 * 1024;
        http2.HeaderTableSize = 4 * 1024;
        // Finds the clients that vanished without closing: the idle time is long.
        http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    private static MinDataRate? Rate(int bytesPerSecond) =>
        bytesPerSecond == 0 ? null : new MinDataRate(bytesPerSecond, RateGrace);
}
