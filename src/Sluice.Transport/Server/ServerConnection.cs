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

    // In heartbeats: how long that may take.
    private const int DrainedTime = 5;

    private readonly ConnectionContext _connection;
    private readonly IRequestHandler _handler;
    private readonly Http1ServerLimits _limits;
    private readonly PipeReader _input;
    private readonly RequestHead _head;
    private readonly RequestBodyReader _body;
    private readonly AnswerWriter _answer;
    private readonly RequestFeatures _features;
    private int _checked;
    private bool _firstLineChecked;
    private bool _keepAlive;
    private bool _continues;
    private bool _aborted;
    private volatile bool _upgraded;
    private volatile bool _closing;
    private volatile bool _tooSlow;
    private volatile Phase _phase;
    private Refusal _refusal;
    private int _beats;
    private int _bodyBeats;
    private int _answerBeats;

    private enum HeadState
    {
        /// <summary>It is there.</summary>
        Complete,

        /// <summary>More has to come.</summary>
        Incomplete,

        /// <summary>It can't be served.</summary>
        Refused,

        /// <summary>There will be none.</summary>
        None,
    }

    private enum Phase
    {
        Idle,
        Head,
        Serving,
        Draining,
    }

    public ServerConnection(ConnectionContext connection, IRequestHandler handler, Http1ServerLimits limits)
    {
        _connection = connection;
        _handler = handler;
        _limits = limits;
        _input = connection.Transport.Input;
        _head = new RequestHead(limits);
        _body = new RequestBodyReader(this, _input, connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool ?? MemoryPool<byte>.Shared);
        _answer = new AnswerWriter(this, connection.Transport.Output);
        _features = new RequestFeatures(this, connection, _head, _body, _answer);
    }

    /// <summary>Whether the request is a HEAD, whose answer has no body.</summary>
    public bool AnswersHead => ReferenceEquals(_head.Method, HttpMethods.Head);

    /// <summary>Whether the client speaks HTTP/1.0.</summary>
    public bool IsHttp10 => _head.MinorVersion == 0;

    /// <summary>Whether the client brings its body more slowly than it may.</summary>
    public bool IsBodyTooSlow => _tooSlow;

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
                    await RefuseAsync();
                if (head != HeadState.Complete)
                    break;

                var context = Begin();
                Exception? failure = null;
                try
                {
                    await _handler.AnswerAsync(context);
                    if (!_upgraded && !_aborted && !await _answer.EndAsync())
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
            _phase = Phase.Draining;
            _beats = int.MinValue;
            _body.Close();
        }
    }

    /// <summary>The connection goes: after the answer to the request that is being served, or at once when it is idle.</summary>
    public void RequestClose()
    {
        _closing = true;
        if (_phase == Phase.Idle)
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

    /// <summary>The body is waited for from now on: the time counts.</summary>
    public void BeginBodyWait() => Volatile.Write(ref _bodyBeats, 1);

    /// <summary>It is no longer waited for.</summary>
    public void EndBodyWait() => Volatile.Write(ref _bodyBeats, 0);

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
        _upgraded = true;
        _keepAlive = false;
        await _answer.UpgradeAsync();
        return new UpgradedStream(_connection.Transport);
    }

    private void AwaitHead()
    {
        _phase = Phase.Idle;
        _beats = 0;
        _checked = 0;
        _firstLineChecked = false;
    }

    /// <summary>Looks for the head of the next request in what has come, and gives back what is not needed.</summary>
    private HeadState TakeHead(in ReadResult result)
    {
        if (!TryTakeHead(result.Buffer, out var isComplete, out _refusal))
            return HeadState.Refused;
        if (isComplete)
            return HeadState.Complete;
        if (_phase == Phase.Head && _tooSlow)
        {
            _refusal = Refusal.TooSlow;
            return HeadState.Refused;
        }
        return result.IsCompleted || (_phase == Phase.Idle && _closing) ? HeadState.None : HeadState.Incomplete;
    }

    /// <returns>False when what has come is to be refused.</returns>
    private bool TryTakeHead(in ReadOnlySequence<byte> buffer, out bool isComplete, out Refusal refusal)
    {
        refusal = default;
        isComplete = false;
        var start = buffer.Start;
        if (buffer.IsEmpty)
        {
            _input.AdvanceTo(start, buffer.End);
            return true;
        }
        if (_phase == Phase.Idle)
        {
            _phase = Phase.Head;
            _beats = 0;
        }
        // A head that is spread over several blocks is rare, and copied.
        var rented = buffer.IsSingleSegment ? null : ArrayPool<byte>.Shared.Rent((int)buffer.Length);
        ReadOnlySpan<byte> bytes = buffer.FirstSpan;
        if (rented is not null)
        {
            buffer.CopyTo(rented);
            bytes = rented.AsSpan(0, (int)buffer.Length);
        }
        try
        {
            // Clients that end a body with a line end too many are old, and known (RFC 9112 §2.2).
            var skipped = bytes.StartsWith("\r\n"u8) ? 2 : 0;
            var from = Math.Max(skipped, _checked - 3);
            var end = bytes[from..].IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                var isSound = CheckIncomplete(bytes, skipped, out refusal);
                _input.AdvanceTo(start, buffer.End);
                return isSound;
            }
            end += from + 4;
            isComplete = _head.TryParse(bytes[skipped..end], out refusal);
            // Not before the head is parsed: the bytes are somebody else's from here on.
            _input.AdvanceTo(buffer.GetPosition(end));
            return isComplete;
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Refuses what can't become a head any more; each byte is looked at once.</summary>
    private bool CheckIncomplete(ReadOnlySpan<byte> bytes, int skipped, out Refusal refusal)
    {
        _checked = Math.Max(_checked, skipped);
        while (bytes[_checked..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            if (!RequestHead.Check(bytes.Slice(_checked, length + 1), isFirst: !_firstLineChecked, out refusal))
                return false;
            _firstLineChecked = true;
            _checked += length + 1;
        }
        refusal = !_firstLineChecked && bytes.Length > _limits.RequestLineBytes ? Refusal.LineTooLong
            : bytes.Length > _limits.RequestLineBytes + _limits.FieldBytes ? Refusal.FieldsTooLarge
            : default;
        return refusal.Status == 0;
    }

    /// <summary>A head is there: the request and its answer begin.</summary>
    private object Begin()
    {
        _phase = Phase.Serving;
        _body.Open(_head);
        _answer.Open();
        _features.Open();
        _tooSlow = false;
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
        _phase = Phase.Draining;
        _beats = 0;
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
        if (_answer.HasStarted || _upgraded)
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
    private async ValueTask RefuseAsync()
    {
        _keepAlive = false;
        _head.Forget();
        _answer.Open();
        _features.Open();
        _answer.StatusCode = _refusal.Status;
        try
        {
            await _answer.EndAsync();
        }
        finally
        {
            _handler.Refused(_features, _refusal.Status, _refusal.Details);
        }
    }

    /// <summary>Once a second, on a thread of its own: counts against the limits.</summary>
    private void Beat()
    {
        var beats = ++_beats;
        switch (_phase)
        {
            case Phase.Idle when _limits.IdleTime > TimeSpan.Zero && beats > _limits.IdleTime.TotalSeconds:
                RequestClose();
                break;
            case Phase.Head when beats > _limits.HeadTime.TotalSeconds:
                _tooSlow = true;
                _input.CancelPendingRead();
                break;
            case Phase.Draining when beats > DrainedTime:
                _input.CancelPendingRead();
                break;
            case Phase.Serving when !_upgraded:
                BeatBody();
                BeatAnswer();
                break;
        }
    }

    private void BeatBody()
    {
        if (_limits.BodyRate == 0 || Volatile.Read(ref _bodyBeats) == 0)
            return;
        var waited = Interlocked.Increment(ref _bodyBeats) - 1;
        if (waited > _limits.RateGrace.TotalSeconds && _body.BytesReceived < (long)waited * _limits.BodyRate)
        {
            _tooSlow = true;
            _input.CancelPendingRead();
        }
    }

    private void BeatAnswer()
    {
        var pending = _answer.PendingBytes;
        _answerBeats = pending == 0 ? 0 : _answerBeats + 1;
        if (_limits.AnswerRate > 0 && _answerBeats > _limits.RateGrace.TotalSeconds + (double)pending / _limits.AnswerRate)
            Abort();
    }
}
