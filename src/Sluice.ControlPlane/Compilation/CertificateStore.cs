namespace Sluice.ControlPlane.Compilation;

/// <summary>Keeps the certificates that could be used last, from load to load: when files or Secrets are broken, or half written, what was
/// in force stays. Not for use by two threads.</summary>
public sealed class CertificateStore
{
    private readonly Dictionary<string, CertificateMaterial> _good = new(StringComparer.Ordinal);

    /// <summary>The certificates of a source: those that were found, or the last good ones.</summary>
    /// <param name="source">Names the source.</param>
    /// <param name="raw">What was found; its problems are complete afterwards.</param>
    internal CertificateMaterial? Take(string source, RawCertificates raw)
    {
        var known = _good.GetValueOrDefault(source);
        // Parsing again what is the same would make other objects of it, and with them other connections.
        if (raw.Problems.Count == 0 && known?.Digest == raw.Digest())
            return known;
        if (CertificateMaterial.Of(raw) is not { } fresh)
            return known;
        return _good[source] = fresh;
    }
}
