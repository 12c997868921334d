namespace Sluice.Transport.Upstream;

/// <summary>TLS with an upstream came to no good end: its certificate was refused, or it refused ours.</summary>
/// <param name="reason">Why, as a sentence without a full stop.</param>
/// <param name="inner">What .NET said.</param>
public sealed class TlsException(string reason, Exception? inner = null) : IOException($"TLS with the upstream failed: {reason}.", inner)
{
    /// <summary>Why, as a sentence without a full stop.</summary>
    public string Reason { get; } = reason;
}
