using Sluice.Fuzz.Targets;

namespace Sluice.Fuzz;

/// <summary>Something that takes bytes which anybody may have sent.</summary>
/// <param name="Name">Also that of its folder in <c>corpus</c>.</param>
/// <param name="Run">Takes an input and checks what must hold for it (<see cref="FuzzException"/> else; any other exception is a finding,
/// too). Tells what kind of input it was: those that are like none before are worth to be changed further.</param>
internal sealed record FuzzTarget(string Name, Func<byte[], string> Run)
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("answer", AnswerTarget.Run),
        new("chunks", ChunksTarget.Run),
        new("request", RequestTarget.Run),
        new("path", PathTarget.Run),
        new("pattern", PatternTarget.Run),
    ];

    public static FuzzTarget? Find(string name) => All.FirstOrDefault(t => t.Name == name);

    /// <summary>The inputs to begin with.</summary>
    public IReadOnlyList<byte[]> Corpus() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "corpus", Name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}

/// <summary>Something does not hold that must.</summary>
internal sealed class FuzzException(string message) : Exception(message);
