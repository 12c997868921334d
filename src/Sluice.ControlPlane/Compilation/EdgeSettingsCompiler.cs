using Sluice.Api.Mesh;
using Sluice.DataPlane.Pipeline;
using PathNormalization = Sluice.DataPlane.Routing.PathNormalization;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles what holds for every request out of the MeshConfig and the command line.</summary>
internal static class EdgeSettingsCompiler
{
    public static EdgeSettings Compile(MeshConfig mesh, GatewayIdentity identity)
    {
        var defaults = new EdgeSettings();
        var server = mesh.DefaultConfig?.ProxyHeaders?.Server;
        return new EdgeSettings
        {
            TrustedProxies = (int)Math.Min(mesh.DefaultConfig?.GatewayTopology?.NumTrustedProxies ?? 0, int.MaxValue),
            PathNormalization = mesh.PathNormalization?.Normalization switch
            {
                PathNormalizationType.None => PathNormalization.None,
                PathNormalizationType.MergeSlashes => PathNormalization.MergeSlashes,
                PathNormalizationType.DecodeAndMergeSlashes => PathNormalization.DecodeAndMergeSlashes,
                _ => PathNormalization.Base,
            },
            ServerHeader = server?.Disabled == true ? null
                : server?.Value is { Length: > 0 } value ? value
                : defaults.ServerHeader,
            Http10 = identity.Http10,
            AccessLogFile = mesh.AccessLogFile is { Length: > 0 } file ? file : null,
            AccessLogFormat = mesh.AccessLogFormat is { Length: > 0 } format ? format : null,
            AccessLogJson = mesh.AccessLogEncoding == AccessLogEncoding.Json,
        };
    }
}
