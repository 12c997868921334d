using System.Reflection;
using Sluice.ControlPlane.Sources;

namespace Sluice.Demo;

/// <summary>The sample configuration of the demo: the files of <c>config/</c>, carried inside the executable and written to a folder of
/// their own, where they can be edited while the demo runs.</summary>
internal sealed class SampleConfiguration : IDisposable
{
    private const string Prefix = "config/";

    private SampleConfiguration(string folder) => Folder = folder;

    /// <summary>Where the files are.</summary>
    public string Folder { get; }

    /// <summary>Writes the files into a new folder below the temporary one.</summary>
    public static SampleConfiguration Write()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-demo-").FullName;
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            using var file = File.Create(Path.Combine(folder, name[Prefix.Length..]));
            resource.CopyTo(file);
        }
        return new SampleConfiguration(folder);
    }

    /// <summary>Starts a service for each workload, and points the workloads at the ports that the services got.</summary>
    public async Task<SampleUpstreams> StartUpstreamsAsync(CancellationToken cancellationToken)
    {
        var workloads = new ConfigReader(TimeProvider.System).Read([Folder], null, cancellationToken).WorkloadEntries;
        var upstreams = await SampleUpstreams.StartAsync(
            [.. workloads.Select(workload => new SampleUpstream(
                workload.Spec.Labels!["app"], workload.Spec.Labels.GetValueOrDefault("version", "")))],
            cancellationToken);

        var ports = workloads.Zip(upstreams.Ports, (workload, port) => (workload.Position.File, Declared: workload.Spec.Ports!["http"], port));
        foreach (var file in ports.GroupBy(port => port.File))
        {
            var text = await File.ReadAllTextAsync(file.Key, cancellationToken);
            foreach (var (_, declared, port) in file)
                text = text.Replace($"http: {declared}\n", $"http: {port}\n", StringComparison.Ordinal);
            await File.WriteAllTextAsync(file.Key, text, cancellationToken);
        }
        return upstreams;
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
