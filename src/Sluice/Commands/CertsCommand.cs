using System.Buffers;
using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Authority;
using Sluice.DataPlane.Clusters;

namespace Sluice.Commands;

/// <summary><c>sluice certs</c>: a small local authority.</summary>
internal sealed class CertsCommand
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(90);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-");

    private readonly Terminal _terminal;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Flag<string> _folder = Flag<string>.One("--dir", "DIR", "Folder of the authority [default: certs]", "certs", FlagText.Name);

    private readonly Flag<string> _authority = Flag<string>.One(
        "--name", "NAME", "Name of the authority [default: Sluice local authority]", "Sluice local authority", CommonName);

    private readonly Flag<IReadOnlyList<string>> _san = Flag<IReadOnlyList<string>>.Many(
        "--san", "NAME", "A further DNS name, IP address or URI", [], texts => [.. texts.Select(SanText)]);

    private readonly Flag<string?> _namespace = Flag<string?>.One("--ns", "NS", "Namespace of the SPIFFE name, with --sa", null, Label);
    private readonly Flag<string?> _account = Flag<string?>.One("--sa", "SA", "Service account of the SPIFFE name, with --ns", null, Label);

    private readonly Flag<string> _trustDomain = Flag<string>.One(
        "--trust-domain", "NAME", "Trust domain of the SPIFFE name [default: cluster.local]", "cluster.local", DnsName);

    private readonly Flag<TimeSpan> _life = Flag<TimeSpan>.One(
        "--ttl", "TIME", "How long it is valid [default: 2160h]", DefaultLife, FlagText.Time);

    private readonly Argument<string> _name = new("NAME") { Description = "Name of the files, and DNS name" };

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Files; all of the folder without any",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = result => [.. result.Tokens.Select(t => t.Value)],
    };

    private CertsCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new CertsCommand(terminal);
        var init = new Command("init", "Make an authority: ca.crt and ca.key") { verb._folder.Option, verb._authority.Option };
        var issue = new Command("issue", "Issue a certificate: NAME.crt and NAME.key")
        {
            verb._name, verb._folder.Option, verb._san.Option, verb._namespace.Option, verb._account.Option, verb._trustDomain.Option, verb._life.Option,
        };
        var show = new Command("show", "Print names, issuer and expiry of certificates") { verb._files, verb._folder.Option };
        init.SetAction(verb.Init);
        issue.SetAction(verb.Issue);
        show.SetAction(verb.Show);
        return new Command("certs", "A small authority for development and closed networks") { init, issue, show };
    }

    private int Init(ParseResult result)
    {
        var folder = _folder.Read(result, _terminal);
        LocalAuthority.Init(folder, _authority.Read(result, _terminal), _time);
        _terminal.Out.WriteLine(PemFiles.CertificatePath(folder, LocalAuthority.OwnName));
        _terminal.Out.WriteLine(PemFiles.KeyPath(folder, LocalAuthority.OwnName));
        return ExitCode.Ok;
    }

    private int Issue(ParseResult result)
    {
        var (folder, name) = (_folder.Read(result, _terminal), Named("NAME", result.GetRequiredValue(_name)));
        var (ns, account) = (_namespace.Read(result, _terminal), _account.Read(result, _terminal));
        if (ns is null != account is null)
            throw new UsageException("--ns and --sa go together: they make a SPIFFE name");
        List<string> names = [name, .. _san.Read(result, _terminal)];
        if (ns is not null)
            names.Add($"spiffe://{_trustDomain.Read(result, _terminal)}/ns/{ns}/sa/{account}");
        var life = _life.Read(result, _terminal);
        if (life == TimeSpan.Zero)
            throw new UsageException("--ttl: a certificate has to be valid for some time");
        using var authority = LocalAuthority.Open(folder, _time);
        using var certificate = authority.Issue(name, names, life);
        _terminal.Out.WriteLine(PemFiles.CertificatePath(folder, name));
        _terminal.Out.WriteLine(PemFiles.KeyPath(folder, name));
        return ExitCode.Ok;
    }

    private int Show(ParseResult result)
    {
        var folder = _folder.Read(result, _terminal);
        var files = result.GetValue(_files) is { Length: > 0 } named ? named
            : [.. Directory.EnumerateFiles(folder, "*.crt").Concat(Directory.EnumerateFiles(folder, "*.pem")).Order(StringComparer.Ordinal)];
        var exit = ExitCode.Ok;
        foreach (var file in files)
        {
            try
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPem(File.ReadAllText(file));
                if (certificates.Count == 0)
                    throw new CryptographicException("there is no certificate in PEM");
                foreach (var certificate in certificates)
                    _terminal.Out.WriteLine($"{file}: {Describe(certificate)}");
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                _terminal.Error.WriteLine($"{file}: {e.Message}");
                exit = ExitCode.Failure;
            }
        }
        return exit;
    }

    private string Describe(X509Certificate2 certificate)
    {
        var names = CertificateNames.Of(certificate);
        var left = certificate.NotAfter - _time.GetLocalNow();
        var when = left <= TimeSpan.Zero ? "expired" : left.TotalDays >= 2 ? $"{(int)left.TotalDays} days left" : $"{(int)left.TotalHours} hours left";
        return $"names {(names.IsEmpty ? certificate.Subject : names)}; issuer {certificate.Issuer}; "
            + $"expires {certificate.NotAfter.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ} ({when})";
    }

    private static string Named(string what, string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns && !text.StartsWith('.') && text != LocalAuthority.OwnName
            ? text
            : throw new UsageException($"{what}: '{text}' is no name for a certificate");

    private static string CommonName(string text) =>
        text.AsSpan().IndexOfAnyExcept(NameCharacters) < 0 ? FlagText.Name(text) : throw new FormatException($"'{text}' has characters other than letters, digits, spaces, . and -");

    private static string DnsName(string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns ? text : throw new FormatException($"'{text}' is not a DNS name");

    private static string? Label(string text) => DnsName(text);

    private static string SanText(string text)
    {
        var isName = text.Contains("://", StringComparison.Ordinal)
            ? Uri.TryCreate(text, UriKind.Absolute, out _)
            : Uri.CheckHostName(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text) != UriHostNameType.Unknown;
        return isName ? text : throw new FormatException($"'{text}' is no DNS name, IP address or URI");
    }
}
