using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class SampleTests
{
    /// <summary>A configuration of Envoy among the samples, not of Kubernetes.</summary>
    private const string NotObjects = "envoy_demo";

    [Fact]
    public void Published_samples_are_read_without_errors()
    {
        var samples = Repository.Shared("istio/samples");
        Assert.SkipWhen(samples is null, "Istio's samples are not beside this checkout");
        var reader = new ConfigReader(TimeProvider.System);
        var files = Directory.GetFiles(samples, "*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            if (file.Contains(NotObjects, StringComparison.Ordinal) || File.ReadAllText(file).Trim().Length == 0) continue;
            var read = reader.Read([file], null, CancellationToken.None);
            Assert.DoesNotContain(read.Findings, finding => finding.StopsLoad);
        }
    }

    [Fact]
    public void A_configuration_of_envoy_is_recognised()
    {
        var samples = Repository.Shared("istio/samples");
        Assert.SkipWhen(samples is null, "Istio's samples are not beside this checkout");
        foreach (var file in Directory.GetFiles(samples, "*.yaml", SearchOption.AllDirectories))
        {
            if (!file.Contains(NotObjects, StringComparison.Ordinal)) continue;
            var read = new ConfigReader(TimeProvider.System).Read([file], null, CancellationToken.None);
            Assert.Contains("Envoy", Assert.Single(read.Findings).Hint, StringComparison.Ordinal);
        }
    }
}
