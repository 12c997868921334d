using System.Globalization;

namespace Sluice.Load;

/// <summary>The versions of a rule of which one is in force: between the beginning and the end of a reload it may be either.</summary>
internal sealed class Versions(string name)
{
    private int _oldest = 1;
    private int _newest = 1;

    public string Name => name;

    public string Host => name + ".example.com";

    public int Newest => Volatile.Read(ref _newest);

    /// <summary>A new version is about to be written.</summary>
    public void Begin() => Interlocked.Increment(ref _newest);

    /// <summary>It is in force.</summary>
    public void End() => Volatile.Write(ref _oldest, _newest);

    /// <summary>A request that begins now: neither a version from before may answer it, nor one from after its end.</summary>
    public Plan Plan()
    {
        var least = Volatile.Read(ref _oldest);
        return new Plan(Host, body =>
            body.StartsWith($"/{name}/", StringComparison.Ordinal)
            && int.TryParse(body.AsSpan(name.Length + 2), CultureInfo.InvariantCulture, out var version)
            && version >= least && version <= Newest);
    }
}
