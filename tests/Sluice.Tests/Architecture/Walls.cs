using System.Text.RegularExpressions;

namespace Sluice.Tests.Architecture;

/// <summary>Who may know whom. Each rule reports its breaches as <c>file:line: sentence</c>.</summary>
internal static partial class Walls
{
    // In the order in which they may import: each room may use itself and those before it.
    private static readonly string[] DataPlaneRooms =
        ["Telemetry", "Clusters", "Routing", "Security", "Forwarding", "Listeners", "Pipeline"];

    // What each project may not mention; the project references already keep most of it, this also keeps frameworks out.
    private static readonly Dictionary<string, string[]> Forbidden = new()
    {
        ["Sluice.Api"] = ["Microsoft.AspNetCore", "YamlDotNet", "Sluice.ControlPlane", "Sluice.DataPlane", "Sluice.Transport"],
        ["Sluice.ControlPlane"] = ["Microsoft.AspNetCore", "Sluice.Transport"],
        ["Sluice.DataPlane"] = ["Sluice.Api", "Sluice.ControlPlane", "YamlDotNet"],
        ["Sluice.Transport"] = ["Sluice.Api", "Sluice.ControlPlane", "Sluice.DataPlane", "YamlDotNet", "Yarp", "Prometheus"],
        ["Sluice"] = ["YamlDotNet"],
    };

    // Patterns that the code of the data plane may not contain, with the reason.
    private static readonly (Regex Pattern, string Reason)[] DataPlaneBans =
    [
        (ServiceLocator(), "the data plane gets what it needs from constructors, not from an IServiceProvider"),
        (Files(), "the data plane reads no files: the control plane or the executable hands it what was read"),
        (Clocks(), "the data plane's only clock is TimeProvider"),
    ];

    // Where endpoints are picked; what it uses of other files is plain reading.
    private static readonly string[] PickPath =
    [
        "src/Sluice.DataPlane/Clusters/Balancers/", "src/Sluice.DataPlane/Clusters/LoadBalancer.cs", "src/Sluice.DataPlane/Clusters/EndpointStats.cs",
        "src/Sluice.DataPlane/Clusters/EndpointHealth.cs", "src/Sluice.DataPlane/Clusters/ThreadRandom.cs", "src/Sluice.DataPlane/Clusters/WeightTable.cs",
    ];

    public static IEnumerable<string> Breaches(SourceFile file) =>
        NamespaceBreaches(file)
            .Concat(ProjectBreaches(file))
            .Concat(file.Project == "Sluice.DataPlane" ? RoomBreaches(file).Concat(BanBreaches(file)).Concat(PickBreaches(file)) : []);

    /// <summary>Folder = namespace, and no type in a project's root namespace (but <c>Program</c>).</summary>
    private static IEnumerable<string> NamespaceBreaches(SourceFile file)
    {
        if (file.Namespace() is not var (name, line))
            yield break;
        var folders = file.Path.Split('/')[2..^1];
        var expected = string.Join('.', [file.Project, .. folders]);
        if (name != expected)
            yield return $"{file.Path}:{line}: the namespace is {name}, the folder says {expected}";
        if (folders.Length == 0 && file.Path != "src/Sluice/Program.cs")
            yield return $"{file.Path}:{line}: no type lives in a project's root namespace; put it into a room";
    }

    private static IEnumerable<string> ProjectBreaches(SourceFile file) =>
        from mention in file.Mentions()
        from forbidden in Forbidden[file.Project]
        where mention.Name == forbidden || mention.Name.StartsWith(forbidden + ".", StringComparison.Ordinal)
        select $"{file.Path}:{mention.Line}: {file.Project} may not use {forbidden}";

    private static IEnumerable<string> RoomBreaches(SourceFile file)
    {
        var room = file.Path.Split('/')[2];
        var order = Array.IndexOf(DataPlaneRooms, room);
        if (order < 0)
        {
            // A file of global usings and attributes may lie at the project's root.
            if (!room.EndsWith(".cs", StringComparison.Ordinal))
                yield return $"{file.Path}:1: {room} is not a room of the data plane: {string.Join(", ", DataPlaneRooms)}";
            yield break;
        }
        foreach (var (name, line) in file.Mentions())
        {
            var parts = name.Split('.');
            if (parts.Length > 2 && parts[0] == "Sluice" && parts[1] == "DataPlane" && Array.IndexOf(DataPlaneRooms, parts[2]) > order)
                yield return $"{file.Path}:{line}: {room} may use only the rooms before it, not {parts[2]}";
        }
    }

    private static IEnumerable<string> BanBreaches(SourceFile file) =>
        from ban in DataPlaneBans
        from line in file.LinesWith(ban.Pattern)
        select $"{file.Path}:{line}: {ban.Reason}";

    /// <summary>Threads never wait for each other where endpoints are picked.</summary>
    private static IEnumerable<string> PickBreaches(SourceFile file) =>
        from path in PickPath
        where file.Path.StartsWith(path, StringComparison.Ordinal)
        from line in file.LinesWith(Waiting())
        select $"{file.Path}:{line}: picking an endpoint waits for no other thread";

    [GeneratedRegex(@"\block\s*\(|\bLock\b|\bMonitor\b|\bMutex\b|\bSemaphore|\bReaderWriterLock|\bSpin(?:Lock|Wait)\b|\bBarrier\b|\bMethodImplOptions\.Synchronized\b|\.Wait\(|\.Result\b")]
    private static partial Regex Waiting();

    [GeneratedRegex(@"\bIServiceProvider\b|\bGetRequiredService\b|\bGetService\b")]
    private static partial Regex ServiceLocator();

    [GeneratedRegex(@"\bFileStream\b|\bFileSystemWatcher\b|(?<![.\w])(?:System\.IO\.)?(?:File|Directory)\.\w")]
    private static partial Regex Files();

    [GeneratedRegex(@"\bDateTime(?:Offset)?\.(?:UtcNow|Now|Today)\b|\bStopwatch\b|\bEnvironment\.TickCount")]
    private static partial Regex Clocks();
}
