using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Api.Findings;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Certificates as they were found: bytes, each with the field that named them, and what is wrong with them.</summary>
internal sealed class RawCertificates
{
    /// <summary>Our chain, our own certificate first; PEM.</summary>
    public (string Field, ReadOnlyMemory<byte> Content)? Certificate { get; set; }

    /// <summary>The key to it; PEM.</summary>
    public (string Field, ReadOnlyMemory<byte> Content)? Key { get; set; }

    /// <summary>Authorities; PEM.</summary>
    public (string Field, ReadOnlyMemory<byte> Content)? Authorities { get; set; }

    /// <summary>Revocation lists; PEM or DER.</summary>
    public (string Field, ReadOnlyMemory<byte> Content)? RevocationLists { get; set; }

    /// <summary>What is missing or can't be read.</summary>
    public List<CertificateProblem> Problems { get; } = [];

    /// <summary>Where our chain is looked for: <c>credential NS/NAME</c>, or a file; null when none is wanted.</summary>
    public string? OwnSource { get; set; }

    /// <summary>Whether our chain is the gateway's own, which whoever fills the folder of <c>--certs</c> renews.</summary>
    public bool IsWorkload { get; set; }

    /// <summary>Where authorities are looked for; null when those of the system count.</summary>
    public string? AuthoritySource { get; set; }

    /// <summary>Tells them apart by their content.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { Certificate, Key, Authorities, RevocationLists })
            hash.AppendData(part is null ? [0] : SHA256.HashData(part.Value.Content.Span));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Something that keeps certificates from being used.</summary>
/// <param name="Field">The field that named them, below the TLS settings.</param>
/// <param name="Text">What is wrong, as a sentence without a full stop.</param>
/// <param name="Severity">A warning where nothing in the configuration is wrong.</param>
/// <param name="IsMissing">Whether there is nothing, in contrast to something that can't be used.</param>
internal readonly record struct CertificateProblem(string Field, string Text, Severity Severity = Severity.Error, bool IsMissing = false);

/// <summary>Certificates that can be used.</summary>
/// <param name="Digest">Tells them apart by their content.</param>
internal sealed record CertificateMaterial(string Digest)
{
    private const string CrlLabel = "X509 CRL";

    /// <summary>Our certificate with its key and chain; null for none.</summary>
    public SslStreamCertificateContext? Own { get; private init; }

    /// <summary>Authorities; empty for none.</summary>
    public X509Certificate2[] Authorities { get; private init; } = [];

    /// <summary>Revocation lists; empty for none.</summary>
    public RevocationList[] RevocationLists { get; private init; } = [];

    /// <summary>Makes what can be used of what was found; null when something can't, which is noted in its problems. A certificate and a key
    /// that don't belong together can't be used.</summary>
    public static CertificateMaterial? Of(RawCertificates raw)
    {
        if (raw.Problems.Count > 0)
            return null;
        var material = new CertificateMaterial(raw.Digest())
        {
            Own = raw is { Certificate: { } certificate, Key: { } key } ? Pair(certificate, key, raw.Problems) : null,
            Authorities = raw.Authorities is { } authorities ? Bundle(authorities, raw.Problems) : [],
            RevocationLists = raw.RevocationLists is { } lists ? Lists(lists, raw.Problems) : [],
        };
        if (material.Authorities.Length > 0)
            CheckIssuers(material, raw);
        return raw.Problems.Count == 0 ? material : null;
    }

    private static SslStreamCertificateContext? Pair(
        (string Field, ReadOnlyMemory<byte> Content) certificate, (string Field, ReadOnlyMemory<byte> Content) key, List<CertificateProblem> problems)
    {
        if (Bundle(certificate, problems) is not [var leaf, .. var chain])
            return null;
        try
        {
            var pair = X509Certificate2.CreateFromPem(leaf.ExportCertificatePem(), Encoding.UTF8.GetString(key.Content.Span));
            return SslStreamCertificateContext.Create(pair, [.. chain], offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            problems.Add(new CertificateProblem(key.Field, "the key is broken, or belongs to another certificate"));
            return null;
        }
    }

    private static X509Certificate2[] Bundle((string Field, ReadOnlyMemory<byte> Content) part, List<CertificateProblem> problems)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(part.Content.Span));
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }
        if (certificates.Count == 0)
            problems.Add(new CertificateProblem(part.Field, "there is no certificate in PEM"));
        return [.. certificates];
    }

    private static RevocationList[] Lists((string Field, ReadOnlyMemory<byte> Content) part, List<CertificateProblem> problems)
    {
        try
        {
            var lists = Ders(part.Content).Select(RevocationList.Parse).ToArray();
            if (lists.Length == 0)
                problems.Add(new CertificateProblem(part.Field, "there is no revocation list in PEM or DER"));
            return lists;
        }
        catch (CryptographicException e)
        {
            problems.Add(new CertificateProblem(part.Field, $"the revocation list can't be used: {e.Message.TrimEnd('.')}"));
            return [];
        }
    }

    private static List<ReadOnlyMemory<byte>> Ders(ReadOnlyMemory<byte> content)
    {
        // A list in DER begins with a sequence; PEM is text.
        const byte sequence = 0x30;
        if (content.Span is [sequence, ..])
            return [content];
        var ders = new List<ReadOnlyMemory<byte>>();
        var text = Encoding.UTF8.GetString(content.Span).AsSpan();
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label].SequenceEqual(CrlLabel))
                ders.Add(Convert.FromBase64String(text[fields.Base64Data].ToString()));
            text = text[fields.Location.End..];
        }
        return ders;
    }

    private static void CheckIssuers(CertificateMaterial material, RawCertificates raw)
    {
        foreach (var list in material.RevocationLists)
        {
            // A list of an authority that is not among these may belong to one that upstreams send along.
            var namesakes = Array.FindAll(material.Authorities, a => a.Subject == list.Issuer);
            if (namesakes.Length > 0 && !Array.Exists(namesakes, list.IsOf))
            {
                raw.Problems.Add(new CertificateProblem(
                    raw.RevocationLists!.Value.Field, $"the revocation list of {list.Issuer} is not signed by the authority of this name"));
            }
        }
    }
}
