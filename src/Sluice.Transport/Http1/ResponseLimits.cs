namespace Sluice.Transport.Http1;

/// <summary>What an upstream may send at most; beyond it the answer is malformed (502).</summary>
public static class ResponseLimits
{
    /// <summary>Bytes of a head, status line included.</summary>
    public const int HeadBytes = 60 * 1024;

    /// <summary>Header fields of a head.</summary>
    public const int FieldCount = 100;

    /// <summary>Bytes of a chunk's size line, extensions included.</summary>
    public const int ChunkLineBytes = 4 * 1024;

    /// <summary>Bytes of all trailer fields.</summary>
    public const int TrailerBytes = 8 * 1024;

    /// <summary>Interim answers (1xx) before the final one.</summary>
    public const int InterimResponses = 32;
}
