using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.DataPlane.Clusters;

/// <summary>The algorithm of a signature, as X.509 names it (RFC 4055, RFC 5758).</summary>
/// <param name="Name">Its object identifier.</param>
/// <param name="Hash">The hash that is signed.</param>
internal readonly record struct SignatureAlgorithm(string Name, HashAlgorithmName Hash)
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>Reads the content of an AlgorithmIdentifier.</summary>
    /// <exception cref="CryptographicException">The algorithm is none of those that are trusted here.</exception>
    public static SignatureAlgorithm Read(AsnReader identifier)
    {
        var name = identifier.ReadObjectIdentifier();
        return new SignatureAlgorithm(name, name == RsaPss ? PssHash(identifier) : HashOf(name));
    }

    /// <summary>Whether a signature over some data is by the key of a certificate.</summary>
    public bool Verify(X509Certificate2 signer, byte[] data, byte[] signature)
    {
        try
        {
            using var rsa = signer.GetRSAPublicKey();
            if (rsa is not null)
                return !IsEcdsa && rsa.VerifyData(data, signature, Hash, Name == RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
            using var ecdsa = signer.GetECDsaPublicKey();
            return ecdsa is not null && IsEcdsa && ecdsa.VerifyData(data, signature, Hash, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // A key or a signature that makes no sense has signed nothing.
            return false;
        }
    }

    private bool IsEcdsa => Name.StartsWith("1.2.840.10045.", StringComparison.Ordinal);

    private static HashAlgorithmName HashOf(string name) => name switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => throw new CryptographicException($"it is signed with the algorithm {name}, which is not trusted here"),
    };

    private static HashAlgorithmName PssHash(AsnReader identifier)
    {
        var parameters = identifier.ReadSequence();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0);
        var hash = parameters.HasData && parameters.PeekTag().HasSameClassAndValue(tag)
            ? parameters.ReadSequence(tag).ReadSequence().ReadObjectIdentifier() : "SHA-1";
        return hash switch
        {
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => throw new CryptographicException($"it is signed with the hash {hash}, which is not trusted here"),
        };
    }
}
