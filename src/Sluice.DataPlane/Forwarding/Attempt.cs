using System.Net;
using System.Net.Sockets;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>One try to get an answer from one endpoint: what it may do, and what became of it.</summary>
internal sealed class Attempt
{
    private AttemptTerms _terms;
    private short _status;
    private bool _sent;
    private Place _place;

    /// <summary>Where it stands to the circuit breaker.</summary>
    private enum Place : byte
    {
        Before,
        Inside,
        Behind,
    }

    /// <summary>The cluster of <see cref="Endpoint"/>.</summary>
    public Cluster Cluster { get; private set; } = null!;

    /// <summary>Where the request goes.</summary>
    public Endpoint Endpoint { get; private set; } = null!;

    /// <summary>Where its connection goes.</summary>
    /// <exception cref="SocketException">The endpoint is a name without an address.</exception>
    public EndPoint Destination => Endpoint.ConnectTo ?? throw new SocketException((int)SocketError.HostNotFound);

    /// <summary>Counts the attempts of an exchange, from 1.</summary>
    public int Number { get; private set; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> at its beginning.</summary>
    public long Started { get; private set; }

    /// <summary>What the upstream is spoken to.</summary>
    public UpstreamProtocol Protocol => _terms.Protocol;

    /// <summary>The policy that says whether another attempt is to follow; null when retries are off.</summary>
    public RetryPolicy? Policy => _terms.Policy;

    /// <summary>Whether the policy allows no attempt after this one.</summary>
    public bool IsLast => Policy is null || Number > Policy.Attempts;

    /// <summary>Whether the policy may want another attempt although an answer came.</summary>
    public bool MayDiscard => _terms.MayDiscard;

    /// <summary>Whether its answer has been seen by an <see cref="AttemptObserver"/>.</summary>
    public bool WasObserved { get; set; }

    /// <summary>Whether this attempt, or the one to follow, holds a place among the retries of its cluster.</summary>
    public bool HoldsRetry { get; set; }

    /// <summary>Bound on this attempt until its answer begins.</summary>
    public Deadline? PerTry { get; private set; }

    /// <summary>Bound on the whole exchange.</summary>
    public Deadline? Total => _terms.Total;

    /// <summary>Whether a connection was opened for it.</summary>
    public bool HasOpenedConnection { get; set; }

    /// <summary>Whether the circuit breaker let it through.</summary>
    public bool WasAdmitted => _place != Place.Before;

    /// <summary>Whether its request was written, so that a connection was there for it.</summary>
    public bool WasSent => _sent;

    /// <summary>Whether it went over a connection that had served other requests before, as far as can be known.</summary>
    public bool WasSentOverPooled { get; set; }

    /// <summary>Our end of the connection that was opened for it.</summary>
    public string? LocalAddress { get; set; }

    /// <summary>The PROXY header that its connection must have been opened with; null for none. The YARP carrier's; the native one knows it
    /// where it needs it.</summary>
    public ProxyHeader? ProxyHeader { get; set; }

    /// <summary>What ended it; null when nothing went wrong.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How far its answer came.</summary>
    public AttemptProgress Progress { get; set; }

    /// <summary>Begins: forgets what became of another one that this object stood for.</summary>
    /// <param name="cluster">The cluster of <paramref name="endpoint"/>.</param>
    /// <param name="endpoint">Where the request goes.</param>
    /// <param name="number">Counts the attempts of an exchange, from 1.</param>
    /// <param name="started"><see cref="TimeProvider.GetTimestamp"/> of now.</param>
    /// <param name="terms">What holds for all attempts of the exchange.</param>
    /// <param name="perTry">Bound on this one until its answer begins.</param>
    public Attempt Begin(
        Cluster cluster, Endpoint endpoint, int number, long started, in AttemptTerms terms = default, Deadline? perTry = null)
    {
        (Cluster, Endpoint, Number, Started) = (cluster, endpoint, number, started);
        (_terms, PerTry) = (terms, perTry);
        (_sent, _place, _status) = (false, Place.Before, 0);
        (LocalAddress, ProxyHeader, Failure) = (null, null, null);
        WasObserved = HoldsRetry = HasOpenedConnection = WasSentOverPooled = false;
        Progress = AttemptProgress.Waiting;
        GrpcStatus = GrpcStatuses.None;
        return this;
    }

    /// <summary>Lets go of everything: the object waits for the next exchange, and must not keep a snapshot alive.</summary>
    public void Forget() => Begin(null!, null!, number: 0, started: 0);

    /// <summary>The request is about to be written.</summary>
    /// <exception cref="SentTwiceException">It was written before.</exception>
    public void NoteSent()
    {
        if (_sent)
            throw new SentTwiceException();
        _sent = true;
        WasSentOverPooled = !HasOpenedConnection;
    }

    /// <summary>What was about to be written was not: the connection was of no use any more.</summary>
    public void NoteNotSent() => _sent = false;

    /// <summary>Status of the upstream's answer; 0 without one.</summary>
    public int Status
    {
        get => _status;
        set => _status = (short)value;
    }

    /// <summary>The gRPC status in the head of the answer to a gRPC request, of gRPC's seventeen; -1 when there is none.</summary>
    public sbyte GrpcStatus { get; set; } = GrpcStatuses.None;

    /// <summary>The circuit breaker let it through.</summary>
    public void Admit() => _place = Place.Inside;

    /// <summary>Lets the circuit breaker know that the upstream is done with it; at the latest when it has ended, and earlier if the client
    /// could otherwise send the next request before.</summary>
    public void Leave()
    {
        if (_place != Place.Inside)
            return;
        _place = Place.Behind;
        Cluster.CircuitBreaker.Leave();
    }

    /// <summary>Takes a place among the retries for the attempt that is to follow; one that is a retry itself hands on its own.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryReserveRetry() => HoldsRetry = HoldsRetry || Cluster.CircuitBreaker.TryEnterRetry();

    /// <summary>Gives the place among the retries back.</summary>
    public void ReleaseRetry()
    {
        if (HoldsRetry)
            Cluster.CircuitBreaker.LeaveRetry();
        HoldsRetry = false;
    }
}

/// <summary>What holds for all attempts of an exchange.</summary>
/// <param name="Protocol">What the upstream is spoken to.</param>
/// <param name="Policy">Says whether another attempt is to follow; null when retries are off.</param>
/// <param name="MayDiscard">Whether the policy may want another attempt although an answer came.</param>
/// <param name="Total">Bound on the whole exchange.</param>
internal readonly record struct AttemptTerms(UpstreamProtocol Protocol, RetryPolicy? Policy, bool MayDiscard, Deadline? Total);

/// <summary>How far an attempt's answer came.</summary>
internal enum AttemptProgress : byte
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
