using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>Sends the client elsewhere.</summary>
public sealed record HttpRedirect
{
    /// <summary>New path; replaces the whole one.</summary>
    public string? Uri { get; init; }

    /// <summary>New authority; absent keeps the request's.</summary>
    public string? Authority { get; init; }

    /// <summary>New port; not beside <see cref="DerivePort"/>.</summary>
    public uint? Port { get; init; }

    /// <summary>Where the port comes from when none is given.</summary>
    public RedirectPort? DerivePort { get; init; }

    /// <summary>New scheme, <c>http</c> or <c>https</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Status: 301 (default), 302, 303, 307 or 308.</summary>
    public uint? RedirectCode { get; init; }

    /// <summary>Replaces the matched prefix of the path; not beside <see cref="Uri"/>.</summary>
    public string? PrefixRewrite { get; init; }
}

/// <summary>Where a redirect takes its port from.</summary>
public enum RedirectPort
{
    /// <summary>From the scheme: 80 or 443.</summary>
    [JsonStringEnumMemberName("FROM_PROTOCOL_DEFAULT")]
    FromProtocolDefault,

    /// <summary>From the port on which the request came in.</summary>
    [JsonStringEnumMemberName("FROM_REQUEST_PORT")]
    FromRequestPort,
}

/// <summary>A fixed answer.</summary>
public sealed record HttpDirectResponse
{
    /// <summary>Status, 200 to 599.</summary>
    public uint? Status { get; init; }

    /// <summary>Body; absent means none.</summary>
    public HttpBody? Body { get; init; }
}

/// <summary>A body: one of the two.</summary>
public sealed record HttpBody
{
    /// <summary>As text.</summary>
    public string? String { get; init; }

    /// <summary>As bytes, written in base64.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }
}

/// <summary>Changes to path and authority before forwarding.</summary>
public sealed record HttpRewrite
{
    /// <summary>Replaces the matched prefix, or the whole path when it was matched otherwise.</summary>
    public string? Uri { get; init; }

    /// <summary>The authority sent to the service.</summary>
    public string? Authority { get; init; }

    /// <summary>Replaces parts of the path; not beside <see cref="Uri"/>.</summary>
    public RegexRewrite? UriRegexRewrite { get; init; }
}

/// <summary>A substitution by regular expression.</summary>
public sealed record RegexRewrite
{
    /// <summary>An RE2 expression; every match in the path is replaced.</summary>
    public string? Match { get; init; }

    /// <summary>The replacement, with <c>\1</c> for the first group.</summary>
    public string? Rewrite { get; init; }
}

/// <summary>Changes to headers, by direction.</summary>
public sealed record Headers
{
    /// <summary>On the way to the service.</summary>
    public HeaderOperations? Request { get; init; }

    /// <summary>On the way back.</summary>
    public HeaderOperations? Response { get; init; }
}

/// <summary>Changes to headers: removals first, then <c>set</c>, then <c>add</c>.</summary>
public sealed record HeaderOperations
{
    /// <summary>Overwrites, or adds what is missing.</summary>
    public IReadOnlyDictionary<string, string>? Set { get; init; }

    /// <summary>Appends one more value.</summary>
    public IReadOnlyDictionary<string, string>? Add { get; init; }

    /// <summary>Names to remove.</summary>
    public IReadOnlyList<string>? Remove { get; init; }
}
