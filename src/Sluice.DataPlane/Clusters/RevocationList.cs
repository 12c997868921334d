using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.DataPlane.Clusters;

/// <summary>What an authority has revoked: a CRL (RFC 5280 §5), for which .NET's handshakes have no place. Only whole lists are taken, those
/// with critical extensions (deltas, lists of a part, lists for other issuers) are not.</summary>
public sealed class RevocationList
{
    private readonly byte[] _issuer;
    private readonly DateTime? _nextUpdate;
    private readonly DateTime _thisUpdate;
    private readonly FrozenSet<string> _serials;
    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly SignatureAlgorithm _algorithm;
    private IssuerVerdict? _lastIssuer;

    private RevocationList(byte[] issuer, DateTime thisUpdate, DateTime? nextUpdate, FrozenSet<string> serials, SignedData signed)
    {
        (_issuer, _thisUpdate, _nextUpdate, _serials) = (issuer, thisUpdate, nextUpdate, serials);
        (_signed, _algorithm, _signature) = signed;
    }

    /// <summary>Name of the authority.</summary>
    public string Issuer => new X500DistinguishedName(_issuer).Name;

    /// <summary>When it is out of date; null when it does not say.</summary>
    public DateTime? NextUpdate => _nextUpdate;

    /// <summary>How many certificates it names.</summary>
    public int Count => _serials.Count;

    /// <summary>Reads a list in DER.</summary>
    /// <exception cref="CryptographicException">It is none, or one that can't be made use of.</exception>
    public static RevocationList Parse(ReadOnlyMemory<byte> der)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var list = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var signed = list.PeekEncodedValue();
            var content = list.ReadSequence();
            var algorithm = SignatureAlgorithm.Read(list.ReadSequence());
            var signature = list.ReadBitString(out var unused);
            if (unused != 0)
                throw new CryptographicException("its signature is no whole number of bytes");
            list.ThrowIfNotEmpty();

            if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) && content.TryReadInt32(out var version) && version != 1)
                throw new CryptographicException("it has a version that is not known");
            if (SignatureAlgorithm.Read(content.ReadSequence()) != algorithm)
                throw new CryptographicException("it names two algorithms for its signature");
            var issuer = content.ReadEncodedValue().ToArray();
            var thisUpdate = ReadTime(content);
            DateTime? nextUpdate = IsTime(content) ? ReadTime(content) : null;
            var serials = content.HasData && content.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) ? ReadEntries(content.ReadSequence()) : [];
            if (content.HasData)
                CheckExtensions(content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence());
            return new RevocationList(
                issuer, thisUpdate, nextUpdate, serials.ToFrozenSet(StringComparer.Ordinal), new SignedData(signed.ToArray(), algorithm, signature));
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("it is no CRL", e);
        }
    }

    /// <summary>Whether an authority made it: its name, its key, its right to sign lists.</summary>
    public bool IsOf(X509Certificate2 authority)
    {
        if (!authority.SubjectName.RawData.AsSpan().SequenceEqual(_issuer))
            return false;
        var raw = authority.RawDataMemory;
        if (_lastIssuer is { } last && last.Certificate.Span.SequenceEqual(raw.Span))
            return last.IsRight;
        var verdict = new IssuerVerdict(raw.ToArray(), MaySignLists(authority) && _algorithm.Verify(authority, _signed, _signature));
        _lastIssuer = verdict;
        return verdict.IsRight;
    }

    /// <summary>Whether a certificate of its issuer is revoked.</summary>
    public bool Contains(X509Certificate2 certificate) => _serials.Contains(Convert.ToHexString(certificate.SerialNumberBytes.Span));

    /// <summary>Whether it holds at a time (UTC).</summary>
    public bool IsCurrent(DateTime time) => _thisUpdate <= time && (_nextUpdate is not { } end || time <= end);

    private static bool MaySignLists(X509Certificate2 authority)
    {
        foreach (var extension in authority.Extensions)
        {
            if (extension is X509KeyUsageExtension usage)
                return usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign);
        }
        return true;
    }

    private static List<string> ReadEntries(AsnReader entries)
    {
        var serials = new List<string>();
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            serials.Add(Convert.ToHexString(entry.ReadIntegerBytes().Span));
            ReadTime(entry);
            if (entry.HasData)
                CheckExtensions(entry.ReadSequence());
        }
        return serials;
    }

    private static void CheckExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var name = extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean())
                throw new CryptographicException($"it has the critical extension {name}, so it is no list of everything that its issuer has revoked");
        }
    }

    private static bool IsTime(AsnReader reader) =>
        reader.HasData && reader.PeekTag().TagClass == TagClass.Universal
        && (UniversalTagNumber)reader.PeekTag().TagValue is UniversalTagNumber.UtcTime or UniversalTagNumber.GeneralizedTime;

    private static DateTime ReadTime(AsnReader reader) =>
        (UniversalTagNumber)reader.PeekTag().TagValue == UniversalTagNumber.UtcTime
            ? reader.ReadUtcTime().UtcDateTime
            : reader.ReadGeneralizedTime().UtcDateTime;

    private sealed record IssuerVerdict(ReadOnlyMemory<byte> Certificate, bool IsRight);

    private readonly record struct SignedData(byte[] Content, SignatureAlgorithm Algorithm, byte[] Signature);
}
