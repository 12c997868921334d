using Sluice.Api.Findings;
using Sluice.Api.Mesh;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class MeshConfigTests
{
    private const string Service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";

    private const string ConfigMap = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: istio, namespace: mesh}
        data:
          mesh: |-

              accessLogFile: /dev/stdout
              pathNormalization:
                normalization: MERGE_SLASHES
        """;

    [Fact]
    public void Is_without_fields_when_there_is_none()
    {
        var read = TemporaryFolder.ReadText(Service);
        Assert.Equal(new MeshConfig(), read.Mesh);
        Assert.Equal((null, 0), (read.MeshPosition.File, read.LocateMesh("accessLogFile").Line));
    }

    [Fact]
    public void Is_read_from_a_config_map_with_the_places_of_its_fields()
    {
        var read = TemporaryFolder.ReadText(ConfigMap);
        Assert.Empty(read.Findings);
        Assert.Equal("/dev/stdout", read.Mesh.AccessLogFile);
        Assert.Equal((7, 7), (read.MeshPosition.Line, read.MeshPosition.Column));
        var field = read.LocateMesh("pathNormalization.normalization");
        Assert.Equal((9, 9), (field.Line, field.Column));
    }

    [Fact]
    public void Goes_before_a_config_map_when_it_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config/a.yaml", ConfigMap);
        var mesh = folder.Write("config/mesh.yaml", "accessLogFile: /named\nconnectTimeout: 1h0m1.5s\n");
        var read = new ConfigReader(TimeProvider.System).Read([folder.PathOf("config")], mesh, CancellationToken.None);
        Assert.Equal(("/named", new TimeSpan(0, 1, 0, 1, 500)), (read.Mesh.AccessLogFile, read.Mesh.ConnectTimeout));
        var ignored = Assert.Single(read.Findings);
        Assert.Equal(("SLU0103", Severity.Warning), (ignored.Code, ignored.Severity));
        Assert.Equal(mesh, read.LocateMesh("connectTimeout").File);
        Assert.Equal(2, read.LocateMesh("connectTimeout").Line);
        Assert.Equal(2, read.Files.Count);
    }

    [Fact]
    public void Is_taken_out_of_a_config_map_that_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config/a.yaml", Service);
        var mesh = folder.Write("mesh.yaml", ConfigMap);
        var read = new ConfigReader(TimeProvider.System).Read([folder.PathOf("config")], mesh, CancellationToken.None);
        Assert.Empty(read.Findings);
        Assert.Equal("/dev/stdout", read.Mesh.AccessLogFile);
    }

    [Theory]
    [InlineData("[a]", "SLU0010")]
    [InlineData("a: b: c", "SLU0002")]
    [InlineData("connectTimeout: soon", "SLU0006")]
    public void Reports_what_is_wrong_with_the_named_file(string text, string code)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config/a.yaml", Service);
        var mesh = folder.Write("mesh.yaml", text);
        var read = new ConfigReader(TimeProvider.System).Read([folder.PathOf("config")], mesh, CancellationToken.None);
        var finding = Assert.Single(read.Findings);
        Assert.Equal((code, mesh, true), (finding.Code, finding.Position.File, finding.StopsLoad));
    }

    [Fact]
    public void Reports_a_named_file_that_is_missing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config/a.yaml", Service);
        var read = new ConfigReader(TimeProvider.System).Read([folder.PathOf("config")], folder.PathOf("none"), CancellationToken.None);
        Assert.Equal(["0:0 error SLU0001 no such file or folder"], TemporaryFolder.Lines(read.Findings));
    }
}
