using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Forwarding;

/// <summary>One try to get an answer from one endpoint: what it may do, and what became of it.</summary>
/// <param name="endpoint">Where the request goes.</param>
/// <param name="number">Counts the attempts of an exchange, from 1.</param>
/// <param name="started"><see cref="TimeProvider.GetTimestamp"/> at its beginning.</param>
internal sealed class Attempt(Endpoint endpoint, int number, long started)
{
    private bool _sent;

    /// <summary>Where the request goes.</summary>
    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>Counts the attempts of an exchange, from 1.</summary>
    public int Number { get; } = number;

    /// <summary><see cref="TimeProvider.GetTimestamp"/> at its beginning.</summary>
    public long Started { get; } = started;

    /// <summary>The policy that says whether another attempt is to follow; null when retries are off.</summary>
    public RetryPolicy? Policy { get; init; }

    /// <summary>Whether the policy allows no attempt after this one.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether the policy may want another attempt although an answer came.</summary>
    public bool MayDiscard { get; init; }

    /// <summary>Bound on this attempt until its answer begins.</summary>
    public Deadline? PerTry { get; init; }

    /// <summary>Bound on the whole exchange.</summary>
    public Deadline? Total { get; init; }

    /// <summary>Whether a connection was opened for it.</summary>
    public bool HasOpenedConnection { get; set; }

    /// <summary>Whether it went over a connection that had served other requests before, as far as can be known.</summary>
    public bool WasSentOverPooled { get; private set; }

    /// <summary>Our end of the connection that was opened for it.</summary>
    public string? LocalAddress { get; set; }

    /// <summary>What ended it; null when nothing went wrong.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How far its answer came.</summary>
    public AttemptProgress Progress { get; set; }

    /// <summary>The request is about to be written.</summary>
    /// <exception cref="SentTwiceException">It was written before.</exception>
    public void NoteSent()
    {
        if (_sent)
            throw new SentTwiceException();
        _sent = true;
        WasSentOverPooled = !HasOpenedConnection;
    }

    /// <summary>Status of the upstream's answer; 0 without one.</summary>
    public int Status { get; set; }
}

/// <summary>How far an attempt's answer came.</summary>
internal enum AttemptProgress
{
    /// <summary>There is none.</summary>
    Waiting,

    /// <summary>Its head is such that another attempt is to be made; nothing of it went to the client.</summary>
    Discarded,

    /// <summary>It is not an answer to this request.</summary>
    Malformed,

    /// <summary>Its head is the client's.</summary>
    Accepted,

    /// <summary>All of it is the client's.</summary>
    Complete,
}

/// <summary>What became of an attempt.</summary>
/// <param name="Progress">How far the answer came.</param>
/// <param name="Error">What went wrong; null when nothing did.</param>
internal readonly record struct AttemptOutcome(AttemptProgress Progress, ProxyError? Error);

/// <summary>A request that was sent and not answered was about to be sent again by someone other than <see cref="RetryLoop"/>.</summary>
internal sealed class SentTwiceException : Exception;
