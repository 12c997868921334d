using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>OpenSSL's own programs, to compare with and to talk to. Tests that need them are skipped where they are missing.</summary>
internal sealed partial class OpenSsl : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-openssl-");
    private Process? _server;

    /// <summary>Skips the test where there is no openssl.</summary>
    public static OpenSsl OrSkip()
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "openssl"))),
            "there is no openssl here");
        return new OpenSsl();
    }

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Writes a certificate and its key.</summary>
    public string Write(string name, X509Certificate2 certificate) =>
        Write(name, certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Whether it succeeded, and what it said.</returns>
    public static async Task<(bool Succeeded, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode == 0, await output + error);
    }

    /// <summary>Starts a server that answers HTTP.</summary>
    /// <returns>Its port.</returns>
    public async Task<int> ServeAsync(params string[] arguments)
    {
        _server = Start(["s_server", "-accept", "127.0.0.1:0", "-www", .. arguments]);
        while (await _server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (Accepting().Match(line) is { Success: true } match)
                return int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }
        throw new IOException(await _server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        if (_server is not null)
        {
            _server.Kill();
            _server.WaitForExit();
            _server.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private static Process Start(string[] arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    [GeneratedRegex(@"^ACCEPT 127\.0\.0\.1:(\d+)")]
    private static partial Regex Accepting();
}
