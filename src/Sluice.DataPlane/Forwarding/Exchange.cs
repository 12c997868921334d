using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Forwarding;

/// <summary>One request and its answer on their way through the gateway. An instance serves one request at a time and is used again for
/// the next one of its connection, so nothing may keep hold of it.</summary>
public sealed class Exchange
{
    private readonly Func<bool> _isDraining;
    private IFeatureCollection? _features;
    private IHttpRequestBodyDetectionFeature? _bodyDetection;
    private IRequestBodyPipeFeature? _bodyPipe;
    private IHttpRequestLifetimeFeature? _lifetime;
    private int _revision;

    /// <param name="isDraining">Whether connections are to close behind the answers that begin from now on.</param>
    internal Exchange(Func<bool> isDraining) => _isDraining = isDraining;

    /// <summary>The request and the answer as Kestrel and the forwarder know them.</summary>
    internal DefaultHttpContext Http { get; } = new();

    /// <summary>What is known about the request, for metrics, logs and header formats.</summary>
    internal RequestInfo Info { get; } = new();

    /// <summary>The client's body.</summary>
    internal RequestBody Body { get; } = new();

    /// <summary>The answer's body.</summary>
    internal ResponseBody Answer { get; } = new();

    /// <summary>The one attempt of most exchanges.</summary>
    internal Attempt FirstAttempt { get; } = new();

    /// <summary>The connection that the request came on.</summary>
    internal ClientConnection Client { get; } = new();

    /// <summary>The request as it came.</summary>
    internal IHttpRequestFeature Request { get; private set; } = new HttpRequestFeature();

    /// <summary>The answer's head.</summary>
    internal IHttpResponseFeature Response { get; private set; } = new HttpResponseFeature();

    /// <summary>Cancelled when the client has left.</summary>
    internal CancellationToken Aborted => _lifetime?.RequestAborted ?? CancellationToken.None;

    /// <summary>Whether the client asks for a WebSocket.</summary>
    internal bool IsUpgrade { get; set; }

    /// <summary>Whether there are fields that only the gateway may set among the client's.</summary>
    internal bool HasClaims { get; set; }

    /// <summary>The route that matched; its header changes act on every answer from then on. Null before.</summary>
    internal Route? Route { get; set; }

    /// <summary>The destination that was chosen; its header changes act on answers, too. Null before.</summary>
    internal WeightedCluster? Destination { get; set; }

    /// <summary>Hash of the key by which the client keeps to an endpoint; null without one.</summary>
    internal ulong? Hash { get; set; }

    /// <summary>The cookie that the client is given to keep to a destination or an endpoint; null when it has one or needs none.</summary>
    internal (HashPolicy Policy, string Value)? GivenCookie { get; set; }

    /// <summary>Lines for the <c>set-cookie</c> of an upstream's answer.</summary>
    internal StringValues SetCookies { get; set; }

    /// <summary>What routing looks at of the request, as its head is now.</summary>
    internal RequestHead Head => new(Info.Method, Info.Scheme, Info.Authority, Info.Target, Request.Headers);

    /// <summary>Sees what attempts show about their endpoints; null before there is one.</summary>
    internal AttemptObserver? Observer { get; set; }

    /// <summary>What the route's CORS rules say about the answer.</summary>
    internal CorsDecision Cors { get; set; }

    /// <summary>Value of <c>server</c> on the answer; null leaves the upstream's.</summary>
    internal string? ServerHeader { get; set; }

    /// <summary>Where its access log line goes; null for nowhere.</summary>
    internal AccessLogTarget? Log { get; set; }

    /// <summary>Takes up a request.</summary>
    internal void Open(IFeatureCollection features, TimeProvider time)
    {
        // Our own HTTP/1.1 leaves the features of a connection as they are from request to request, Kestrel takes back what was set.
        var isNew = features != _features || (features.Revision != _revision && features.Get<IHttpResponseBodyFeature>() != Answer);
        if (isNew)
            Take(features);
        var now = time.GetTimestamp();
        Info.Clock = time;
        Info.StartTimestamp = now;
        Info.RequestHeaders = Request.Headers;
        Info.ResponseHeaders = Response.Headers;
        Client.Describe(Info);
        var hasBody = _bodyDetection?.CanHaveBody ?? true;
        Body.Open(hasBody ? _bodyPipe!.Reader : null, time, now);
        // Not earlier: of a body that was replaced, Kestrel's reader reads the replacement.
        if (isNew)
        {
            Http.Request.Body = Body;
            _revision = features.Revision;
        }
        Answer.Open();
    }

    /// <summary>Takes up a connection, or a stream of one, that was not the one before.</summary>
    internal void Take(IFeatureCollection features)
    {
        _features = features;
        Http.Initialize(features);
        Request = features.GetRequiredFeature<IHttpRequestFeature>();
        Response = features.GetRequiredFeature<IHttpResponseFeature>();
        _lifetime = features.Get<IHttpRequestLifetimeFeature>();
        _bodyDetection = features.Get<IHttpRequestBodyDetectionFeature>();
        _bodyPipe = features.Get<IRequestBodyPipeFeature>();
        Client.Take(features);
        Answer.Take(features.GetRequiredFeature<IHttpResponseBodyFeature>());
        features.Set<IHttpResponseBodyFeature>(Answer);
    }

    /// <summary>Lets go of the request, once everything about it was reported.</summary>
    internal void Release()
    {
        Body.Release();
        Answer.Release();
        FirstAttempt.Forget();
        Info.Reset();
        IsUpgrade = HasClaims = false;
        Route = null;
        Destination = null;
        Hash = null;
        GivenCookie = null;
        SetCookies = default;
        Cors = default;
        ServerHeader = null;
        Log = null;
    }

    /// <summary>Notes that an upstream's answer is the client's.</summary>
    internal void Accept(Attempt attempt, TimeProvider time)
    {
        attempt.ReleaseRetry();
        Observer?.Answered(attempt);
        // What the client needed for its body is not the upstream's time.
        var now = time.GetTimestamp();
        var waited = time.GetElapsedTime(Math.Max(attempt.Started, Body.LastProgress), now);
        Info.Status = attempt.Status;
        Info.CodeDetails = "via_upstream";
        Info.UpstreamServiceTime = (long)waited.TotalMilliseconds;
        Info.ResponseDuration = time.GetElapsedTime(Info.StartTimestamp, now);
        Info.UpstreamLocalAddress = attempt.LocalAddress;
    }

    /// <summary>Notes the gRPC status of an answer.</summary>
    internal void NoteGrpcStatus(string value)
    {
        // The value becomes a label: nothing but gRPC's seventeen codes may.
        if (GrpcStatuses.Parse(value) is var code and not GrpcStatuses.None)
            Info.GrpcStatus = code;
    }

    /// <summary>The header changes of an answer that hold wherever it comes from: CORS, those of destination and route, <c>server</c>, and
    /// <c>connection: close</c> during a drain. To be called once its status is set.</summary>
    internal void FinishResponseHeaders()
    {
        var headers = Response.Headers;
        Destination?.ResponseHeaders.Apply(headers, Info);
        Route?.ResponseHeaders.Apply(headers, Info);
        Cors.ApplyToAnswer(headers);
        if (ServerHeader is not null)
            headers.Server = ServerHeader;
        // A connection that has become a WebSocket's is no longer HTTP's to close, and HTTP/2 has no such field.
        if (_isDraining() && HttpProtocol.IsHttp11(Info.Protocol) && Response.StatusCode != StatusCodes.Status101SwitchingProtocols)
            headers.Connection = "close";
    }
}
