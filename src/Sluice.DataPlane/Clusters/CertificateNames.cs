using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.DataPlane.Clusters;

/// <summary>The names in a certificate's SAN extension (RFC 5280 §4.2.1.6), read by ourselves so that a name is never taken for one of
/// another type.</summary>
public sealed class CertificateNames
{
    private const string SanExtension = "2.5.29.17";

    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag Address = new(TagClass.ContextSpecific, 7);

    private readonly List<string> _dns = [];
    private readonly List<string> _uris = [];
    private readonly List<string> _emails = [];
    private readonly List<IPAddress> _addresses = [];

    private CertificateNames()
    {
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _dns.Count + _uris.Count + _emails.Count + _addresses.Count == 0;

    /// <summary>The names of a certificate; none when it has no such extension, or a broken one.</summary>
    public static CertificateNames Of(X509Certificate2 certificate)
    {
        var names = new CertificateNames();
        try
        {
            foreach (var extension in certificate.Extensions)
            {
                if (extension.Oid?.Value == SanExtension)
                    names.Read(extension.RawData);
            }
            return names;
        }
        catch (AsnContentException)
        {
            // Nothing is certain about it then.
            return new CertificateNames();
        }
    }

    /// <summary>Whether a name that was written down is one of these. DNS names match in any case, and a certificate's <c>*.example.com</c>
    /// stands for one label; everything else matches exactly.</summary>
    public bool Match(string wanted)
    {
        if (IPAddress.TryParse(wanted, out var address))
            return _addresses.Contains(address);
        return _uris.Contains(wanted) || _emails.Contains(wanted) || _dns.Exists(name => IsDnsMatch(name, wanted));
    }

    /// <summary>All of them, DNS names first.</summary>
    public IEnumerable<string> All => [.. _dns, .. _uris, .. _emails, .. _addresses.Select(a => a.ToString())];

    /// <summary>All of them.</summary>
    public override string ToString() => IsEmpty ? "none" : string.Join(", ", All);

    /// <summary>Whether a DNS name of a certificate covers a host.</summary>
    internal static bool IsDnsMatch(string name, string host)
    {
        if (name.Equals(host, StringComparison.OrdinalIgnoreCase))
            return true;
        // One label, and never a whole top-level domain (RFC 9525 §6.3).
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && name.StartsWith("*.", StringComparison.Ordinal)
            && name.AsSpan(2).Contains('.')
            && host.AsSpan(dot).Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }

    private void Read(byte[] extension)
    {
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag == Dns)
                _dns.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            else if (tag == Uri)
                _uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            else if (tag == Email)
                _emails.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            else if (tag == Address && names.PeekContentBytes().Length is 4 or 16)
                _addresses.Add(new IPAddress(names.ReadOctetString(tag)));
            else
                names.ReadEncodedValue();
        }
    }
}
