using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Sluice.Transport.Http1;

namespace Sluice.Transport.Server;

/// <summary>The head of an HTTP/1.x request: method, target, version, fields, and how the body is framed. One object serves all requests of
/// a connection; where one repeats what the one before had in the same place, its strings are taken over.</summary>
/// <remarks>Refused here is what has no reading: lines that don't end with CRLF, names that are no tokens, NUL and CR in values, folded
/// fields, lengths that are not one number. Whether the rest makes sense (transfer codings, Host, the target) is the handler's to say.</remarks>
internal sealed class RequestHead(Http1ServerLimits limits)
{
    // More is not kept for the next request: an idle connection must stay small.
    private const int KeptBytes = 4 * 1024;

    private readonly List<(string Name, string Value)> _previous = [];
    private int _lines;
    private bool _hasLength;

    /// <summary>Method, case kept.</summary>
    public string Method { get; private set; } = "";

    /// <summary>Target as it came; bytes beyond ASCII as Latin-1.</summary>
    public string Target { get; private set; } = "";

    /// <summary>Minor version, 0 or 1.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>Header fields; values as Latin-1.</summary>
    public FieldList Fields { get; } = new();

    /// <summary>Whether there is a transfer coding.</summary>
    public bool HasCoding { get; private set; }

    /// <summary>Whether the client wants the connection closed, or kept open (HTTP/1.0), or turned into something else.</summary>
    public ConnectionOptions Connection { get; private set; }

    /// <summary>Reads a complete head.</summary>
    /// <param name="head">From the request line to the empty line, both with CRLF.</param>
    /// <param name="refusal">What is wrong with it; its default when nothing is.</param>
    public bool TryParse(ReadOnlySpan<byte> head, out Refusal refusal)
    {
        Fields.Reset();
        HasCoding = _hasLength = false;
        Connection = default;
        var end = head.IndexOf((byte)'\n');
        if (!TryReadRequestLine(head[..(end + 1)], out refusal))
            return false;

        var rest = head[(end + 1)..];
        if (rest.Length - 2 > limits.FieldBytes)
            return Refuse(Refusal.FieldsTooLarge, out refusal);
        _lines = 0;
        while (rest.Length > 2)
        {
            end = rest.IndexOf((byte)'\n');
            if (!TryReadField(rest[..(end + 1)], out refusal))
                return false;
            rest = rest[(end + 1)..];
        }
        Trim(head.Length);
        return true;
    }

    /// <summary>Lets go of a request that is over, but for the strings that the next one may repeat.</summary>
    public void Release()
    {
        Fields.Reset();
        if (Target.Length > KeptBytes)
            Target = "";
    }

    /// <summary>Forgets the request before: what comes is refused, and must not be taken for one like it.</summary>
    public void Forget()
    {
        Method = Target = "";
        MinorVersion = 1;
        Fields.Reset();
    }

    /// <summary>Checks a line before the head is complete, so that what can't become a request is refused at once.</summary>
    /// <param name="line">With its LF.</param>
    /// <param name="isFirst">Whether it is the request line.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool Check(ReadOnlySpan<byte> line, bool isFirst, out Refusal refusal) =>
        isFirst ? TrySplitRequestLine(line, out _, out _, out _, out refusal) : TrySplitField(line, out _, out _, out refusal);

    private bool TryReadRequestLine(ReadOnlySpan<byte> line, out Refusal refusal)
    {
        if (line.Length > limits.RequestLineBytes)
            return Refuse(Refusal.LineTooLong, out refusal);
        if (!TrySplitRequestLine(line, out var method, out var target, out var minor, out refusal))
            return false;
        MinorVersion = minor;
        if (!Ascii.Equals(method, Method))
            Method = HttpMethods.GetCanonicalizedValue(Encoding.ASCII.GetString(method)) is var known && Ascii.Equals(method, known)
                ? known
                : Encoding.ASCII.GetString(method);
        if (!Ascii.Equals(target, Target))
            Target = Encoding.Latin1.GetString(target);
        return true;
    }

    private static bool TrySplitRequestLine(
        ReadOnlySpan<byte> line, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> target, out int minor, out Refusal refusal)
    {
        method = target = default;
        minor = 1;
        if (line.Length < 2 || line[^2] != '\r')
            return Refuse(Refusal.BareLineFeed, out refusal);
        line = line[..^2];
        var space = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (space <= 0 || last - space < 2 || line[..space].ContainsAnyExcept(Tokens.Characters))
            return Refuse(Refusal.NoRequestLine, out refusal);
        var version = line[(last + 1)..];
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)version[5]) || version[6] != '.'
            || !char.IsAsciiDigit((char)version[7]))
            return Refuse(Refusal.NoRequestLine, out refusal);
        if (version[5] != '1' || version[7] is not ((byte)'0' or (byte)'1'))
            return Refuse(Refusal.UnknownVersion, out refusal);
        minor = version[7] - '0';
        method = line[..space];
        target = line[(space + 1)..last];
        if (target.ContainsAny((byte)'\r', (byte)0))
            return Refuse(Refusal.NoRequestLine, out refusal);
        refusal = default;
        return true;
    }

    private bool TryReadField(ReadOnlySpan<byte> line, out Refusal refusal)
    {
        if (!TrySplitField(line, out var nameBytes, out var valueBytes, out refusal))
            return false;
        if (_lines == limits.FieldCount)
            return Refuse(Refusal.TooManyFields, out refusal);

        var (name, value) = _lines < _previous.Count ? _previous[_lines] : ("", "");
        if (!Ascii.EqualsIgnoreCase(nameBytes, name))
            name = RequestFieldNames.Get(nameBytes);
        if (!Ascii.Equals(valueBytes, value))
            value = Encoding.Latin1.GetString(valueBytes);
        if (_lines < _previous.Count)
            _previous[_lines] = (name, value);
        else
            _previous.Add((name, value));
        _lines++;
        Fields.Append(name, value);
        return ReadMeaning(name, value, out refusal);
    }

    private static bool TrySplitField(
        ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value, out Refusal refusal)
    {
        name = value = default;
        if (line.Length < 2 || line[^2] != '\r')
            return Refuse(Refusal.BareLineFeed, out refusal);
        line = line[..^2];
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Tokens.Characters))
            return Refuse(Refusal.NoFieldName, out refusal);
        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAny((byte)'\r', (byte)0))
            return Refuse(Refusal.ForbiddenInValue, out refusal);
        refusal = default;
        return true;
    }

    /// <summary>The fields that the connection itself understands.</summary>
    private bool ReadMeaning(string name, string value, out Refusal refusal)
    {
        refusal = default;
        if (ReferenceEquals(name, HeaderNames.ContentLength))
        {
            // Also equal lengths twice are one too many: who reads only the first or only the last must see the same.
            if (_hasLength || value.Length is 0 or > 18 || value.AsSpan().ContainsAnyExceptInRange('0', '9'))
                return Refuse(Refusal.NoLength, out refusal);
            _hasLength = true;
            Fields.SetParsedLength(long.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
        }
        else if (ReferenceEquals(name, HeaderNames.TransferEncoding))
        {
            HasCoding = true;
        }
        else if (ReferenceEquals(name, HeaderNames.Connection))
        {
            foreach (var range in value.AsSpan().Split(','))
                Connection |= OptionOf(value.AsSpan(range).Trim(" \t"));
        }
        return true;
    }

    private static ConnectionOptions OptionOf(ReadOnlySpan<char> token) =>
        token.Equals("close", StringComparison.OrdinalIgnoreCase) ? ConnectionOptions.Close
        : token.Equals("keep-alive", StringComparison.OrdinalIgnoreCase) ? ConnectionOptions.KeepAlive
        : token.Equals("upgrade", StringComparison.OrdinalIgnoreCase) ? ConnectionOptions.Upgrade
        : default;

    private void Trim(int length)
    {
        if (length > KeptBytes)
            _previous.Clear();
        else if (_lines < _previous.Count)
            _previous.RemoveRange(_lines, _previous.Count - _lines);
    }

    private static bool Refuse(Refusal because, out Refusal refusal)
    {
        refusal = because;
        return false;
    }
}

/// <summary>What <c>Connection</c> says of the connection itself.</summary>
[Flags]
internal enum ConnectionOptions
{
    /// <summary><c>close</c>.</summary>
    Close = 1,

    /// <summary><c>keep-alive</c>.</summary>
    KeepAlive = 2,

    /// <summary><c>upgrade</c>.</summary>
    Upgrade = 4,
}
