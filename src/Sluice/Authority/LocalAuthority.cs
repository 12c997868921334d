using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Authority;

/// <summary>A small certificate authority in a folder, for development and closed networks: <c>ca.crt</c> and <c>ca.key</c>, and what it
/// issues beside them. Whoever can read the folder's keys is the authority.</summary>
internal sealed class LocalAuthority : IDisposable
{
    /// <summary>Name of the authority's own files.</summary>
    public const string OwnName = "ca";

    private const int SerialBytes = 16;

    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(3650);

    // Clocks of a closed network need not agree to the second.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly X509Certificate2 _own;

    private LocalAuthority(string folder, X509Certificate2 own, TimeProvider time) => (_folder, _own, _time) = (folder, own, time);

    /// <summary>Makes a new authority.</summary>
    /// <exception cref="IOException">There is one, or its files can't be written.</exception>
    public static void Init(string folder, string name, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        foreach (var path in (string[])[PemFiles.CertificatePath(folder, OwnName), PemFiles.KeyPath(folder, OwnName)])
        {
            if (File.Exists(path))
                throw new IOException($"{path} is there already: what it has issued would not be trusted any more (remove it if you mean it)");
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var own = request.CreateSelfSigned(now - Skew, now + OwnLife);
        PemFiles.Write(folder, OwnName, own, key);
    }

    /// <summary>Whether a folder has an authority that can issue.</summary>
    public static bool Exists(string folder) => File.Exists(PemFiles.KeyPath(folder, OwnName));

    /// <summary>Opens the authority of a folder.</summary>
    /// <exception cref="IOException">There is none, or it is broken.</exception>
    public static LocalAuthority Open(string folder, TimeProvider time)
    {
        try
        {
            return new LocalAuthority(folder, PemFiles.ReadPair(folder, OwnName), time);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"there is no authority in {folder}: 'sluice certs init' makes one", e);
        }
        catch (CryptographicException e)
        {
            throw new IOException($"ca.crt and ca.key in {folder} are broken, or don't belong together", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _own.Dispose();

    /// <summary>Issues a certificate for servers and clients, and writes it and its key.</summary>
    /// <param name="name">Name of the files.</param>
    /// <param name="names">DNS names, IP addresses and URIs that it stands for.</param>
    /// <param name="life">How long it is valid, at most as long as the authority itself.</param>
    /// <returns>The certificate, without its key.</returns>
    /// <exception cref="IOException">It can't be written.</exception>
    public X509Certificate2 Issue(string name, IEnumerable<string> names, TimeSpan life)
    {
        var san = new SubjectAlternativeNameBuilder();
        foreach (var each in names)
        {
            if (IPAddress.TryParse(each, out var address))
                san.AddIpAddress(address);
            else if (each.Contains("://", StringComparison.Ordinal))
                san.AddUri(new Uri(each));
            else
                san.AddDnsName(each);
        }
        return Issue(name, new X500DistinguishedName($"CN={name}"), san.Build(), life);
    }

    /// <summary>Whether it issued a certificate.</summary>
    public bool HasIssued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_own);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return !certificate.RawDataMemory.Span.SequenceEqual(_own.RawDataMemory.Span) && chain.Build(certificate);
    }

    /// <summary>Issues a certificate once more, with a new key, for as long as the old one was valid.</summary>
    /// <returns>The certificate, without its key.</returns>
    /// <exception cref="IOException">It can't be written.</exception>
    public X509Certificate2 Renew(string name, X509Certificate2 old)
    {
        var san = old.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return Issue(name, old.SubjectName, san, old.NotAfter - old.NotBefore - Skew);
    }

    private X509Certificate2 Issue(string name, X500DistinguishedName subject, X509Extension? san, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_own, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (san is not null)
            request.CertificateExtensions.Add(san);
        var now = _time.GetUtcNow();
        var end = now + life < _own.NotAfter ? now + life : _own.NotAfter;
        var begin = now - Skew > _own.NotBefore ? now - Skew : _own.NotBefore;
        if (end <= now)
            throw new IOException($"the authority in {_folder} expired on {_own.NotAfter.ToUniversalTime():u}");
        var certificate = request.Create(_own, begin, end, Serial());
        PemFiles.Write(_folder, name, certificate, key);
        return certificate;
    }

    // Positive, and never the same twice.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        return serial;
    }
}
