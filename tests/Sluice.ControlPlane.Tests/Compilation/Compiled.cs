using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Compiles YAML as the gateway would.</summary>
internal static class Compiled
{
    public static CompiledConfig From(string yaml, GatewayIdentity? identity = null, Snapshot? previous = null) =>
        From(Read(yaml), identity ?? new GatewayIdentity(), previous);

    /// <remarks>Relative paths of certificates start from the root of the repository.</remarks>
    public static CompiledConfig From(ConfigSet set, GatewayIdentity identity, Snapshot? previous = null)
    {
        set.NamedFiles = CertificateFiles.Read(set, identity, Repository.Root);
        return SnapshotCompiler.Compile(set, identity, previous ?? Snapshot.Empty, 1);
    }

    public static ConfigSet Read(string yaml)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-compile-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "in.yaml"), yaml);
            return new ConfigReader(TimeProvider.System).Read([folder.FullName], null, CancellationToken.None);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static ObjectStatus StatusOf(this CompiledConfig config, string id) => Assert.Single(config.Objects, o => o.Resource.Id == id);
}
