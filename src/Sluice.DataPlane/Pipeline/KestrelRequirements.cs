using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sluice.DataPlane.Pipeline;

/// <summary>What the pipeline needs of Kestrel so that requests reach it as they were sent, and answers leave as it made them.</summary>
public static class KestrelRequirements
{
    /// <summary>Sets the options. Limits are the caller's, but for the size of bodies, which are streamed and need none.</summary>
    public static void Apply(KestrelServerOptions options)
    {
        // The upstream's own server header is passed on or replaced; that is for the pipeline to say.
        options.AddServerHeader = false;
        // An absolute target decides the authority.
        options.AllowHostHeaderOverride = true;
        // HTTP/2 behind a proxy that ended TLS says https.
        options.AllowAlternateSchemes = true;
        // Field values pass byte for byte.
        options.RequestHeaderEncodingSelector = static name => FieldDecoder.For(name);
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.Limits.MaxRequestBodySize = null;
    }
}
