using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Sluice.Transport.Server;

/// <summary>One client's connection: reads a head, has it answered, reads the next one, until one side has had enough.</summary>
internal sealed class ServerConnection
{
    // What a client may still send of a body that nobody wanted, before the connection is closed instead of used again.
    private const long DrainedBytes = 1024 * 1024;

    private readonly ConnectionContext _connection;
    private readonly IRequestHandler _handler;
    private readonly PipeReader _input;
    private readonly ClientPace _pace;
    private readonly RequestHead _head;
    private readonly RequestHeadReader _headReader;
    private readonly RequestBodyReader _body;
    private readonly AnswerWriter _answer;
    private readonly RequestFeatures _features;
    private bool _keepAlive;
    private bool _continues;
    private bool _aborted;
    private volatile bool _closing;

    public ServerConnection(ConnectionContext connection, IRequestHandler handler, Http1ServerLimits limits)
    {
        _connection = connection;
        _handler = handler;
        _input = connection.Transport.Input;
        _pace = new ClientPace(limits);
        _head = new RequestHead(limits);
        _headReader = new RequestHeadReader(_input, _head, limits);
        _body = new RequestBodyReader(this, _pace, _input, connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool ?? MemoryPool<byte>.Shared);
        _answer = new AnswerWriter(this, _pace, connection.Transport.Output);
        _features = new RequestFeatures(this, connection, _head, _body, _answer);
    }

    /// <summary>Whether the request is a HEAD, whose answer has no body.</summary>
    public bool AnswersHead => ReferenceEquals(_head.Method, HttpMethods.Head);

    /// <summary>Whether the client speaks HTTP/1.0.</summary>
    public bool IsHttp10 => _head.MinorVersion == 0;

    /// <summary>Whether the request asks for another protocol, and could have it.</summary>
    public bool IsUpgradable => _head.MinorVersion == 1 && _head.Connection.HasFlag(ConnectionOptions.Upgrade) && !_body.Exists;

    /// <summary>Serves the connection to its end.</summary>
    public async Task RunAsync()
    {
        _connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static connection => ((ServerConnection)connection).Beat(), this);
        var lifetime = _connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        using var closing = lifetime?.ConnectionClosedRequested.UnsafeRegister(
            static connection => ((ServerConnection)connection!).RequestClose(), this) ?? default;
        try
        {
            while (true)
            {
                AwaitHead();
                HeadState head;
                do
                    head = TakeHead(await _input.ReadAsync());
                while (head == HeadState.Incomplete);
                if (head == HeadState.Refused)
                    await RefuseAsync(_pace.IsTooSlow ? Refusal.TooSlow : _headReader.Refusal);
                if (head != HeadState.Complete)
                    break;

                var context = Begin();
                Exception? failure = null;
                try
                {
                    await _handler.AnswerAsync(context);
                    if (!IsUpgraded && !_aborted && !await _answer.EndAsync())
                        Abort();
                }
                catch (Exception exception)
                {
                    failure = exception;
                    await FailAsync(exception);
                }
                finally
                {
                    _handler.Close(context, failure);
                }
                if (!_keepAlive || _aborted || !(_body.IsComplete || await DrainAsync()))
                    break;
            }
        }
        catch (Exception exception) when (exception is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // The client is gone; nobody is left to tell.
        }
        finally
        {
            _pace.Enter(ConnectionPhase.Beyond);
            _body.Close();
        }
    }

    /// <summary>The connection goes: after the answer to the request that is being served, or at once when it is idle.</summary>
    public void RequestClose()
    {
        _closing = true;
        if (_pace.Phase == ConnectionPhase.Idle)
            _input.CancelPendingRead();
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        _aborted = true;
        _connection.Abort(new ConnectionAbortedException("The answer could not be completed."));
    }

    /// <summary>Decides, when the head of the answer is written, whether the connection closes behind it.</summary>
    public bool Closes(bool mustClose, FieldList fields)
    {
        if (mustClose || _closing || HttpTokens.Has(((IHeaderDictionary)fields).Connection, "close"))
            _keepAlive = false;
        return !_keepAlive;
    }

    /// <summary>Says that the body may come, to a client that waits for that.</summary>
    public async ValueTask AllowBodyAsync()
    {
        if (!_continues || _answer.HasStarted)
            return;
        _continues = false;
        await _answer.SendInterimAsync(StatusCodes.Status100Continue, null);
    }

    /// <summary>Sends an interim answer, unless the final one has begun or the client would not know it.</summary>
    public async ValueTask SendInterimAsync(int status, IHeaderDictionary fields)
    {
        if (!IsHttp10 && !_answer.HasStarted)
            await _answer.SendInterimAsync(status, fields);
    }

    /// <summary>Turns the connection into whatever the answer's <c>upgrade</c> says.</summary>
    public async Task<Stream> UpgradeAsync()
    {
        if (!IsUpgradable || _answer.HasStarted)
            throw new InvalidOperationException("The request can't be upgraded.");
        _pace.Enter(ConnectionPhase.Beyond);
        _keepAlive = false;
        await _answer.UpgradeAsync();
        return new UpgradedStream(_connection.Transport);
    }

    private bool IsUpgraded => _pace.Phase == ConnectionPhase.Beyond;

    /// <summary>Between two requests, a connection holds next to nothing.</summary>
    private void AwaitHead()
    {
        _pace.Enter(ConnectionPhase.Idle);
        _head.Release();
        _headReader.Open();
        _body.Close();
        _answer.Open();
    }

    private HeadState TakeHead(in ReadResult result)
    {
        if (result.Buffer.IsEmpty)
        {
            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        else
        {
            if (_pace.Phase == ConnectionPhase.Idle)
                _pace.Enter(ConnectionPhase.Head);
            var state = _headReader.Take(result.Buffer);
            if (state != HeadState.Incomplete)
                return state;
        }
        var isIdle = _pace.Phase == ConnectionPhase.Idle;
        if (!isIdle && _pace.IsTooSlow)
            return HeadState.Refused;
        return result.IsCompleted || (isIdle && _closing) ? HeadState.None : HeadState.Incomplete;
    }

    /// <summary>A head is there: the request and its answer begin.</summary>
    private object Begin()
    {
        _pace.Serve();
        _body.Open(_head);
        _keepAlive = !_head.Connection.HasFlag(ConnectionOptions.Close)
            && (!IsHttp10 || _head.Connection.HasFlag(ConnectionOptions.KeepAlive))
            && !(_head.HasCoding && (IsHttp10 || _head.Fields.ContentLength is not null));
        _continues = !IsHttp10 && _body.Exists && HttpTokens.Has(((IHeaderDictionary)_head.Fields).Expect, "100-continue");
        return _handler.Open(_features);
    }

    /// <summary>Reads what is left of a body that the answer did not wait for; it is not the next request.</summary>
    private async ValueTask<bool> DrainAsync()
    {
        // A client that still waits to be told that it may send will not send.
        if (_continues && _body.BytesReceived == 0)
            return false;
        _pace.Enter(ConnectionPhase.Draining);
        _body.Limit = _body.BytesReceived + DrainedBytes;
        try
        {
            while (!_body.IsComplete)
            {
                var result = await _body.ReadAsync();
                _body.AdvanceTo(result.Buffer.End);
                if (result.IsCanceled)
                    return false;
            }
        }
        catch (BadHttpRequestException)
        {
            return false;
        }
        return true;
    }

    /// <summary>The handler did not answer: says so if that is still possible.</summary>
    private async ValueTask FailAsync(Exception exception)
    {
        if (_answer.HasStarted || IsUpgraded)
        {
            Abort();
            return;
        }
        var status = exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        _answer.Open();
        _answer.StatusCode = status;
        _keepAlive = false;
        if (!await _answer.EndAsync())
            Abort();
    }

    /// <summary>Tells the client why there will be no answer.</summary>
    private async ValueTask RefuseAsync(Refusal refusal)
    {
        _keepAlive = false;
        _head.Forget();
        _answer.StatusCode = refusal.Status;
        try
        {
            await _answer.EndAsync();
        }
        finally
        {
            _handler.Refused(_features, refusal.Status, refusal.Details);
        }
    }

    private void Beat()
    {
        switch (_pace.Beat(_body.BytesReceived))
        {
            case PaceVerdict.Leave:
                RequestClose();
                break;
            case PaceVerdict.GiveUp:
                _input.CancelPendingRead();
                break;
            case PaceVerdict.Cut:
                Abort();
                break;
        }
    }
}
