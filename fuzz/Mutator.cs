namespace Sluice.Fuzz;

/// <summary>Changes inputs by chance, as AFL does, with a taste for what matters in HTTP.</summary>
internal sealed class Mutator(int seed)
{
    private const int MaxLength = 4_096;

    private static readonly byte[][] Words =
    [
        "\r\n"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), "\0"u8.ToArray(), " "u8.ToArray(), "\t"u8.ToArray(), ":"u8.ToArray(),
        ","u8.ToArray(), ";"u8.ToArray(), "0\r\n\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "5\r\nhello\r\n"u8.ToArray(),
        "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), "Content-Length: 5\r\n"u8.ToArray(), "Transfer-Encoding: chunked\r\n"u8.ToArray(),
        "Connection: close\r\n"u8.ToArray(), "-1"u8.ToArray(), "+"u8.ToArray(), "0x"u8.ToArray(), "fffffffffffffff"u8.ToArray(),
        "%2f"u8.ToArray(), "%25"u8.ToArray(), "%"u8.ToArray(), "/../"u8.ToArray(), "//"u8.ToArray(), "\\"u8.ToArray(), "#"u8.ToArray(),
        "(?:"u8.ToArray(), ")"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), "{2,3}"u8.ToArray(), "*"u8.ToArray(), "\\Q"u8.ToArray(),
        "[[:alpha:]]"u8.ToArray(), "\\pL"u8.ToArray(), "|"u8.ToArray(), "^"u8.ToArray(), "$"u8.ToArray(), [0xff], [0xc3, 0xa9],
    ];

    private readonly Random _random = new(seed);

    /// <summary>A changed copy of one of the inputs.</summary>
    public byte[] Next(IReadOnlyList<byte[]> inputs)
    {
        var bytes = new List<byte>(inputs[_random.Next(inputs.Count)]);
        for (var changes = _random.Next(1, 6); changes > 0; changes--)
            Change(bytes, inputs);
        if (bytes.Count > MaxLength)
            bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> inputs)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, 33), bytes.Count - at);
        switch (_random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                var other = inputs[_random.Next(inputs.Count)];
                var from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..]);
                break;
            default:
                bytes.InsertRange(at, Words[_random.Next(Words.Length)]);
                break;
        }
    }
}
