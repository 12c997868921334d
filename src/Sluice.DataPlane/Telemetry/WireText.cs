using System.Text;

namespace Sluice.DataPlane.Telemetry;

/// <summary>The form in which values of requests and answers are kept: as they are on the wire, each byte in a character of its own
/// (Latin-1).</summary>
/// <remarks>Header fields are kept so because they must go upstream byte for byte. What is written in the configuration, or comes from
/// elsewhere (a JWT's claims, a call to be explained), is put into the same form before it is compared with them or joins them.</remarks>
public static class WireText
{
    /// <summary>The UTF-8 bytes of a text, each in a character of its own; the text itself when it is of ASCII.</summary>
    public static string From(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
