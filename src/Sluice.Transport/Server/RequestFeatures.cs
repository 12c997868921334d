using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Server;

/// <summary>The request that a connection is serving, as the features that handlers and forwarders know. One object for all requests of a
/// connection; what it holds beside its own are the connection's features.</summary>
internal sealed class RequestFeatures :
    FeatureCollection, IHostContextContainer<object>, IHttpRequestFeature, IHttpRequestBodyDetectionFeature, IRequestBodyPipeFeature,
    IHttpRequestLifetimeFeature, IHttpUpgradeFeature, IHttpMaxRequestBodySizeFeature, IHttpConnectionFeature, IInterimAnswerFeature
{
    private readonly ServerConnection _server;
    private readonly ConnectionContext _connection;
    private readonly RequestHead _head;
    private readonly RequestBodyReader _body;
    private Stream? _stream;
    private Stream? _replacedBody;

    public RequestFeatures(
        ServerConnection server, ConnectionContext connection, RequestHead head, RequestBodyReader body, AnswerWriter answer)
        : base(connection.Features)
    {
        (_server, _connection, _head, _body) = (server, connection, head, body);
        Set<IHttpRequestFeature>(this);
        Set<IHttpRequestBodyDetectionFeature>(this);
        Set<IRequestBodyPipeFeature>(this);
        Set<IHttpRequestLifetimeFeature>(this);
        Set<IHttpUpgradeFeature>(this);
        Set<IHttpMaxRequestBodySizeFeature>(this);
        Set<IHttpConnectionFeature>(this);
        Set<IInterimAnswerFeature>(this);
        Set<IHttpResponseFeature>(answer);
        Set<IHttpResponseBodyFeature>(answer);
        Scheme = Get<ITlsConnectionFeature>() is null ? "http" : "https";
        ConnectionId = connection.ConnectionId;
        RequestAborted = connection.ConnectionClosed;
        if (connection.RemoteEndPoint is IPEndPoint remote)
            (RemoteIpAddress, RemotePort) = (remote.Address, remote.Port);
        if (connection.LocalEndPoint is IPEndPoint local)
            (LocalIpAddress, LocalPort) = (local.Address, local.Port);
    }

    /// <inheritdoc/>
    public object? HostContext { get; set; }

    /// <inheritdoc/>
    public string Protocol
    {
        get => _server.IsHttp10 ? HttpProtocol.Http10 : HttpProtocol.Http11;
        set => throw AsItCame();
    }

    /// <inheritdoc/>
    public string Scheme { get; set; }

    /// <inheritdoc/>
    public string Method
    {
        get => _head.Method;
        set => throw AsItCame();
    }

    /// <inheritdoc/>
    public string PathBase { get; set; } = "";

    /// <inheritdoc/>
    public string RawTarget
    {
        get => _head.Target;
        set => throw AsItCame();
    }

    /// <inheritdoc/>
    public string Path
    {
        get => Uri.UnescapeDataString(RawTarget.Split('?', 2)[0]);
        set => throw AsItCame();
    }

    /// <inheritdoc/>
    public string QueryString
    {
        get => RawTarget.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? RawTarget[at..] : "";
        set => throw AsItCame();
    }

    /// <inheritdoc/>
    public IHeaderDictionary Headers
    {
        get => _head.Fields;
        set => throw new NotSupportedException("the request's fields are changed one by one");
    }

    /// <inheritdoc/>
    /// <remarks>What a handler has put in its place stays there for the next request.</remarks>
    public Stream Body
    {
        get => _replacedBody ?? (_stream ??= _body.AsStream(leaveOpen: true));
        set => _replacedBody = value;
    }

    /// <inheritdoc/>
    public bool CanHaveBody => _body.Exists;

    /// <inheritdoc/>
    public PipeReader Reader => _body;

    /// <inheritdoc/>
    public CancellationToken RequestAborted { get; set; }

    /// <inheritdoc/>
    public void Abort() => _server.Abort();

    /// <inheritdoc/>
    public bool IsUpgradableRequest => _server.IsUpgradable;

    /// <inheritdoc/>
    public Task<Stream> UpgradeAsync() => _server.UpgradeAsync();

    /// <inheritdoc/>
    bool IHttpMaxRequestBodySizeFeature.IsReadOnly => _body.BytesReceived > 0;

    /// <inheritdoc/>
    public long? MaxRequestBodySize
    {
        get => _body.Limit;
        set => _body.Limit = value;
    }

    /// <inheritdoc/>
    public string ConnectionId { get; set; }

    /// <inheritdoc/>
    public IPAddress? RemoteIpAddress { get; set; }

    /// <inheritdoc/>
    public IPAddress? LocalIpAddress { get; set; }

    /// <inheritdoc/>
    public int RemotePort { get; set; }

    /// <inheritdoc/>
    public int LocalPort { get; set; }

    private static NotSupportedException AsItCame() => new("the request line stays as it came");

    /// <inheritdoc/>
    public ValueTask SendInterimAsync(int status, IHeaderDictionary fields) => _server.SendInterimAsync(status, fields);
}
