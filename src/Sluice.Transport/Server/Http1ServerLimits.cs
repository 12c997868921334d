namespace Sluice.Transport.Server;

/// <summary>What clients may take of an <see cref="Http1Server"/>. Times are kept to the second.</summary>
public sealed record Http1ServerLimits
{
    /// <summary>Bytes of a request line, its end included. Beyond: 414.</summary>
    public int RequestLineBytes { get; init; } = 32 * 1024;

    /// <summary>Bytes of all header fields of a request. Beyond: 431.</summary>
    public int FieldBytes { get; init; } = 60 * 1024;

    /// <summary>Header fields of a request. Beyond: 431.</summary>
    public int FieldCount { get; init; } = 100;

    /// <summary>From the first byte of a request to the end of its head. Then 408.</summary>
    public TimeSpan HeadTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may stay open without a request; zero for ever.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bytes a second that a body must bring on average while it is waited for, after <see cref="RateGrace"/>; 0 for no minimum.
    /// Below: 408.</summary>
    public int BodyRate { get; init; } = 240;

    /// <summary>Bytes a second that a client must take of an answer on average, after <see cref="RateGrace"/>; 0 for no minimum. Below, the
    /// connection is cut.</summary>
    public int AnswerRate { get; init; } = 240;

    /// <summary>How long the rates may be undercut in the beginning.</summary>
    public TimeSpan RateGrace { get; init; } = TimeSpan.FromSeconds(5);
}
