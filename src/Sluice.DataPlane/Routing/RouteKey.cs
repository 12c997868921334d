using System.Buffers;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Routing;

/// <summary>Something of a request that a predicate compares with a text: a header field, a query parameter, or a part of the request
/// line. Keys are equal when they always read the same.</summary>
/// <remarks>Several lines of one field count as one value, joined with commas, as in Envoy. <c>host</c> and the pseudo headers are read from
/// the request line, where HTTP/1.1 and HTTP/2 agree.</remarks>
internal readonly record struct RouteKey
{
    private enum Source
    {
        Method,
        Authority,
        Scheme,
        Target,
        Header,
        Query,
        Nothing,
    }

    private readonly Source _source;
    private readonly string _name;

    private RouteKey(Source source, string name)
    {
        _source = source;
        _name = name;
    }

    /// <summary>A part of the request line.</summary>
    public static RouteKey Of(HeadPart part) => part switch
    {
        HeadPart.Method => new(Source.Method, ""),
        HeadPart.Authority => new(Source.Authority, ""),
        _ => new(Source.Scheme, ""),
    };

    /// <summary>A header field, or a pseudo header such as <c>:method</c>; case does not count.</summary>
    public static RouteKey OfHeader(string name) => name.ToLowerInvariant() switch
    {
        ":method" => new(Source.Method, ""),
        ":authority" or "host" => new(Source.Authority, ""),
        ":scheme" => new(Source.Scheme, ""),
        ":path" => new(Source.Target, ""),
        var lower => new(lower.StartsWith(':') ? Source.Nothing : Source.Header, lower),
    };

    /// <summary>A query parameter; the first of its name counts, as it was sent.</summary>
    public static RouteKey OfQuery(string name) => new(Source.Query, WireText.From(name));

    /// <summary>Whether the request has it, whatever its value.</summary>
    public bool IsIn(in RequestHead head) => _source switch
    {
        Source.Header => head.Headers.ContainsKey(_name),
        Source.Query => TryFindParameter(head.Query, out _),
        Source.Nothing => false,
        _ => !Part(head).IsEmpty,
    };

    /// <summary>Whether the request has it and its value fits.</summary>
    public bool Matches(in RequestHead head, StringMatcher matcher)
    {
        if (_source != Source.Header)
            return TryReadSpan(head, out var value) && matcher.Matches(value);
        if (!head.Headers.TryGetValue(_name, out var lines))
            return false;
        if (lines.Count <= 1)
            return matcher.Matches((string?)lines);
        var joined = new JoinedLines(lines);
        var matches = matcher.Matches(joined.Value);
        joined.Dispose();
        return matches;
    }

    /// <summary>Looks the value up; null when the request has none, or the table has no such value.</summary>
    public T? Find<T>(in RequestHead head, in TextTable<T> table) where T : class
    {
        if (_source != Source.Header)
            return TryReadSpan(head, out var value) ? table.Find(value) : null;
        if (!head.Headers.TryGetValue(_name, out var lines))
            return null;
        if (lines.Count <= 1)
            return table.Find((string?)lines);
        var joined = new JoinedLines(lines);
        var found = table.Find(joined.Value);
        joined.Dispose();
        return found;
    }

    /// <summary>Hashes the value; false when the request has none. In which order the lines of a field came does not matter.</summary>
    public bool TryHash(in RequestHead head, out ulong hash)
    {
        hash = 0;
        if (_source != Source.Header)
        {
            var isThere = TryReadSpan(head, out var value);
            hash = Hashing.Of(value);
            return isThere;
        }
        if (!head.Headers.TryGetValue(_name, out var lines))
            return false;
        foreach (var line in lines)
            hash += Hashing.Of(line);
        return lines.Count > 0;
    }

    /// <summary>The value in words for explain; null when the request has none.</summary>
    public string? Show(in RequestHead head)
    {
        if (_source == Source.Header)
            return head.Headers.TryGetValue(_name, out var lines) ? string.Join(',', lines.AsEnumerable()) : null;
        return TryReadSpan(head, out var value) ? value.ToString() : null;
    }

    private bool TryReadSpan(in RequestHead head, out ReadOnlySpan<char> value)
    {
        if (_source == Source.Query)
            return TryFindParameter(head.Query, out value);
        value = Part(head);
        return !value.IsEmpty;
    }

    private ReadOnlySpan<char> Part(in RequestHead head) => _source switch
    {
        Source.Method => head.Method,
        Source.Authority => head.Authority,
        Source.Scheme => head.Scheme,
        Source.Target => head.Target,
        _ => default,
    };

    private bool TryFindParameter(ReadOnlySpan<char> query, out ReadOnlySpan<char> found)
    {
        while (!query.IsEmpty)
        {
            var end = query.IndexOf('&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            if (name.SequenceEqual(_name))
            {
                found = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }
        found = default;
        return false;
    }

    private ref struct JoinedLines
    {
        private char[]? _rented;

        public JoinedLines(in StringValues lines)
        {
            var length = lines.Count - 1;
            foreach (var line in lines)
                length += line?.Length ?? 0;
            _rented = ArrayPool<char>.Shared.Rent(length);
            var written = 0;
            for (var i = 0; i < lines.Count; i++)
            {
                if (i > 0)
                    _rented[written++] = ',';
                var line = lines[i].AsSpan();
                line.CopyTo(_rented.AsSpan(written));
                written += line.Length;
            }
            Value = _rented.AsSpan(0, written);
        }

        public ReadOnlySpan<char> Value { get; }

        public void Dispose()
        {
            if (_rented is not null)
                ArrayPool<char>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
