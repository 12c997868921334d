namespace Sluice.Transport.Server;

/// <summary>Why a request gets no further than the connection: status and a sentence without a full stop. Its default refuses nothing.</summary>
/// <param name="Status">Status of the answer.</param>
/// <param name="Reason">What is wrong, for the client.</param>
internal readonly record struct Refusal(int Status, string Reason)
{
    public static readonly Refusal BareLineFeed = new(400, "a line does not end with CRLF");
    public static readonly Refusal NoRequestLine = new(400, "the first line is no request line");
    public static readonly Refusal UnknownVersion = new(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    public static readonly Refusal LineTooLong = new(414, "the request line is too long");
    public static readonly Refusal NoFieldName = new(400, "a header line has no valid field name");
    public static readonly Refusal ForbiddenInValue = new(400, "a header field has CR or NUL in its value");
    public static readonly Refusal NoLength = new(400, "content-length is not one number");
    public static readonly Refusal TooManyFields = new(431, "there are too many header fields");
    public static readonly Refusal FieldsTooLarge = new(431, "the header fields are too large");
    public static readonly Refusal TooSlow = new(408, "the request did not come in time");
}
