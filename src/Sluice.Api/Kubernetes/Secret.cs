using System.Text;

namespace Sluice.Api.Kubernetes;

/// <summary>Keys and certificates. Values are never shown in findings, logs or answers.</summary>
public sealed record Secret
{
    /// <summary>Kind of content, e.g. <c>kubernetes.io/tls</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Values by key, written in base64.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Data { get; init; }

    /// <summary>Values by key, written as text; they go before <see cref="Data"/>.</summary>
    public IReadOnlyDictionary<string, string>? StringData { get; init; }

    /// <summary>The value of a key, or null when there is none.</summary>
    public ReadOnlyMemory<byte>? Find(string key)
    {
        if (StringData?.GetValueOrDefault(key) is { } text) return Encoding.UTF8.GetBytes(text);
        if (Data is not null && Data.TryGetValue(key, out var bytes)) return bytes;
        return null;
    }
}
