using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Authority;

/// <summary>Certificates and keys as files in PEM. A file is never seen half written, and a key only by its owner.</summary>
internal static class PemFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ReadByAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a certificate and its key. The key goes first: whoever looks in between finds a pair that does not fit and takes it
    /// for what it is.</summary>
    /// <exception cref="IOException">They can't be written.</exception>
    public static void Write(string folder, string name, X509Certificate2 certificate, ECDsa key)
    {
        Write(KeyPath(folder, name), key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
        Write(CertificatePath(folder, name), certificate.ExportCertificatePem(), ReadByAll);
    }

    /// <summary>Where a certificate is.</summary>
    public static string CertificatePath(string folder, string name) => Path.Combine(folder, name + ".crt");

    /// <summary>Where its key is.</summary>
    public static string KeyPath(string folder, string name) => Path.Combine(folder, name + ".key");

    /// <summary>Reads a certificate and its key.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    /// <exception cref="CryptographicException">They are broken, or don't belong together.</exception>
    public static X509Certificate2 ReadPair(string folder, string name) =>
        X509Certificate2.CreateFromPemFile(CertificatePath(folder, name), KeyPath(folder, name));

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        var draft = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        File.Delete(draft);
        using (var writer = new StreamWriter(draft, options))
            writer.Write(pem + "\n");
        File.Move(draft, path, overwrite: true);
    }
}
