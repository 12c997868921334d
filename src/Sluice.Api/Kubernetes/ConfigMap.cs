namespace Sluice.Api.Kubernetes;

/// <summary>Text by key: the mesh configuration, or the certificates of authorities.</summary>
public sealed record ConfigMap
{
    /// <summary>Text by key.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }

    /// <summary>Bytes by key, written in base64.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? BinaryData { get; init; }
}
