namespace Sluice.Transport.Server;

/// <summary>What a connection is at, as its limits see it.</summary>
internal enum ConnectionPhase
{
    /// <summary>No byte of a request has come.</summary>
    Idle,

    /// <summary>A head is on its way.</summary>
    Head,

    /// <summary>A request is being answered.</summary>
    Serving,

    /// <summary>What is left of a body is read, for the sake of the next request.</summary>
    Draining,

    /// <summary>It speaks another protocol, or has come to its end: nothing is counted.</summary>
    Beyond,
}

/// <summary>What is to happen to a client that takes too long.</summary>
internal enum PaceVerdict
{
    /// <summary>Nothing.</summary>
    Fine,

    /// <summary>It had its time without a request.</summary>
    Leave,

    /// <summary>It does not bring what it announced: the read that waits for it ends.</summary>
    GiveUp,

    /// <summary>It does not take its answer.</summary>
    Cut,
}

/// <summary>Holds a client to the limits of time, by a beat a second on a thread of its own. Counting beats needs no clock on the path of a
/// request.</summary>
internal sealed class ClientPace(Http1ServerLimits limits)
{
    // In beats: how long a client may take for what is left of a body that nobody wants.
    private const int DrainTime = 5;

    private volatile ConnectionPhase _phase;
    private volatile bool _isTooSlow;
    private int _beats;
    private Wait _body;
    private Wait _answer;
    private int _pendingBytes;

    /// <summary>What the connection is at.</summary>
    public ConnectionPhase Phase => _phase;

    /// <summary>Whether a head or a body comes more slowly than it may.</summary>
    public bool IsTooSlow => _isTooSlow;

    /// <summary>The connection comes to another phase, and its time counts from now.</summary>
    public void Enter(ConnectionPhase phase)
    {
        _phase = phase;
        _beats = 0;
    }

    /// <summary>A request is served: what was slow before it is forgotten.</summary>
    public void Serve()
    {
        Enter(ConnectionPhase.Serving);
        _isTooSlow = false;
    }

    /// <summary>A body is waited for from now on: the time counts.</summary>
    public void BeginBodyWait() => _body.Begin();

    /// <summary>It is no longer waited for.</summary>
    public void EndBodyWait() => _body.End();

    /// <summary>The client is to take a piece of its answer from now on: the time counts.</summary>
    /// <param name="bytes">How large it is.</param>
    public void BeginAnswerWait(long bytes)
    {
        _pendingBytes = (int)Math.Min(bytes, int.MaxValue);
        _answer.Begin();
    }

    /// <summary>It has taken it.</summary>
    public void EndAnswerWait() => _answer.End();

    /// <summary>A second has passed.</summary>
    /// <param name="bodyBytes">Received of the body so far.</param>
    public PaceVerdict Beat(long bodyBytes)
    {
        var beats = ++_beats;
        switch (_phase)
        {
            case ConnectionPhase.Idle when limits.IdleTime > TimeSpan.Zero && beats > limits.IdleTime.TotalSeconds:
                return PaceVerdict.Leave;
            case ConnectionPhase.Head when beats > limits.HeadTime.TotalSeconds:
                _isTooSlow = true;
                return PaceVerdict.GiveUp;
            case ConnectionPhase.Draining when beats > DrainTime:
                return PaceVerdict.GiveUp;
            case ConnectionPhase.Serving when IsBodyBehind(bodyBytes):
                _isTooSlow = true;
                return PaceVerdict.GiveUp;
            case ConnectionPhase.Serving when IsAnswerBehind():
                return PaceVerdict.Cut;
            default:
                return PaceVerdict.Fine;
        }
    }

    private bool IsBodyBehind(long received)
    {
        var waited = _body.Beat();
        return limits.BodyRate > 0 && waited > limits.RateGrace.TotalSeconds && received < (long)waited * limits.BodyRate;
    }

    private bool IsAnswerBehind()
    {
        var waited = _answer.Beat();
        return limits.AnswerRate > 0 && waited > limits.RateGrace.TotalSeconds + (double)_pendingBytes / limits.AnswerRate;
    }

    /// <summary>Counts the beats of one wait. Each wait is counted apart: a client that is always waited for is not slow if it is
    /// another wait each time.</summary>
    private struct Wait
    {
        // 0 between waits.
        private int _beats;

        public void Begin() => Volatile.Write(ref _beats, 1);

        public void End() => Volatile.Write(ref _beats, 0);

        /// <summary>Another beat. Returns how many there were before in this wait.</summary>
        public int Beat()
        {
            var seen = Volatile.Read(ref _beats);
            // A wait that has ended meanwhile is not to begin again.
            if (seen > 0)
                Interlocked.CompareExchange(ref _beats, seen + 1, seen);
            return seen;
        }
    }
}
