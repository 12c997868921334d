using System.Security.Cryptography;
using System.Text;
using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Sources;

/// <summary>Size and time of a file, by which it is seen whether it changed.</summary>
internal readonly record struct FileStamp(long Length, DateTimeOffset Modified)
{
    /// <summary>The stamp of a file that is there.</summary>
    public static FileStamp Of(string realPath)
    {
        var info = new FileInfo(realPath);
        return new FileStamp(info.Length, info.LastWriteTimeUtc);
    }
}

/// <summary>A file as it was read last.</summary>
internal sealed record SourceFile(
    ConfigFile File, FileStamp Stamp, DateTimeOffset ReadAt, string Digest, DocumentContent[] Documents)
{
    /// <summary>A file that changes within this time of being read may keep its stamp.</summary>
    private static readonly TimeSpan StampResolution = TimeSpan.FromSeconds(2);

    /// <summary>A file that could not be read as text.</summary>
    public static SourceFile Broken(ConfigFile file, string digest, Finding finding) =>
        new(file, new FileStamp(-1, default), default, digest, [new DocumentContent([], [finding], 0, null)]);

    /// <summary>Whether the stamp alone tells that the file has not changed since.</summary>
    public bool IsSurelyUnchanged(FileStamp stamp) => Stamp == stamp && ReadAt - stamp.Modified > StampResolution;
}

/// <summary>Reads the text of files.</summary>
internal static class SourceText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A hash of the content of a file, in hex.</summary>
    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Decodes the content of a file.</summary>
    /// <returns>The text, or what is wrong with it.</returns>
    public static (string Text, Finding? Finding) Decode(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return ("", NotUtf8(path, 1, "the file is UTF-16"));
        var text = bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
        try
        {
            return (StrictUtf8.GetString(text), null);
        }
        catch (DecoderFallbackException e)
        {
            return ("", NotUtf8(path, text[..e.Index].Count((byte)'\n') + 1, "bytes that are not UTF-8"));
        }
    }

    private static Finding NotUtf8(string path, int line, string message) =>
        new(Severity.Error, SourceCodes.Syntax, new SourcePosition(path, line, 1), "", "", message, "save the file as UTF-8");
}
