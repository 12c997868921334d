namespace Sluice.Transport.Hub;

/// <summary>Limits of a <see cref="ConnectionHub"/>.</summary>
public sealed record HubOptions
{
    /// <summary>How long a new connection may take until it is clear which protocol it speaks; then it is closed. Default 15 s.
    /// It bounds clients that connect and say nothing; after that the limits of the protocol apply.</summary>
    public TimeSpan PrefaceTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most connections of the process at a time; those beyond are accepted and closed at once. 0, the default, stands for
    /// 90 % of the descriptors that the process may open (<c>RLIMIT_NOFILE</c>).</summary>
    public int ConnectionLimit { get; init; }
}
