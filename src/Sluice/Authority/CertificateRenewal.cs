using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Sluice.Authority;

/// <summary>Renews what the authority of a folder has issued when two thirds of its life are over, as long as the gateway runs. It only writes
/// files; the reload that brings them into force is the same as for any others.</summary>
/// <param name="folder">The folder.</param>
/// <param name="own">Name of the gateway's own certificate, which is issued if it is missing.</param>
/// <param name="names">The names that it is issued for.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Says what was renewed.</param>
internal sealed class CertificateRenewal(string folder, string own, string[] names, TimeProvider time, ILogger<CertificateRenewal> log)
{
    /// <summary>How long a certificate of the gateway's own is valid when it is issued without being asked for.</summary>
    internal static readonly TimeSpan OwnLife = TimeSpan.FromDays(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Looks at the certificates once a minute, until it is stopped.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            RenewDue();
    }

    /// <summary>Renews what is due now.</summary>
    public void RenewDue()
    {
        if (!LocalAuthority.Exists(folder))
            return;
        try
        {
            // Several gateways may share the folder.
            using var mine = new FileStream(
                Path.Combine(folder, ".renewal"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            using var authority = LocalAuthority.Open(folder, time);
            if (!File.Exists(PemFiles.CertificatePath(folder, own)))
            {
                using var issued = authority.Issue(own, names, OwnLife);
                CertificateRenewalLog.Issued(log, own, issued.NotAfter);
            }
            foreach (var path in Directory.EnumerateFiles(folder, "*.crt"))
                Renew(authority, Path.GetFileNameWithoutExtension(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Two thirds of the life are over, not all of it: the next look may fare better.
            CertificateRenewalLog.Failed(log, folder, e.Message);
        }
    }

    private void Renew(LocalAuthority authority, string name)
    {
        if (name == LocalAuthority.OwnName || !File.Exists(PemFiles.KeyPath(folder, name)))
            return;
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(PemFiles.CertificatePath(folder, name)));
        var life = certificate.NotAfter - certificate.NotBefore;
        if (certificate.NotAfter - time.GetLocalNow() > life / 3 || !authority.HasIssued(certificate))
            return;
        using var renewed = authority.Renew(name, certificate);
        CertificateRenewalLog.Renewed(log, name, renewed.NotAfter);
    }
}
