namespace Sluice.Transport.Server;

/// <summary>Why a request gets no further than the connection. Its default refuses nothing.</summary>
/// <param name="Status">Status of the answer.</param>
/// <param name="Details">What is wrong, as a word for logs.</param>
internal readonly record struct Refusal(int Status, string Details)
{
    public static readonly Refusal BareLineFeed = new(400, "http1.codec_error:line_without_CRLF");
    public static readonly Refusal NoRequestLine = new(400, "http1.codec_error:no_request_line");
    public static readonly Refusal UnknownVersion = new(505, "http1.codec_error:unknown_version");
    public static readonly Refusal LineTooLong = new(414, "http1.request_line_too_long");
    public static readonly Refusal NoFieldName = new(400, "http1.codec_error:no_field_name");
    public static readonly Refusal ForbiddenInValue = new(400, "http1.invalid_characters");
    public static readonly Refusal NoLength = new(400, "http1.content_length_not_one_number");
    public static readonly Refusal TooManyFields = new(431, "http1.too_many_headers");
    public static readonly Refusal FieldsTooLarge = new(431, "http1.headers_too_large");
    public static readonly Refusal TooSlow = new(408, "request_header_timeout");
}
