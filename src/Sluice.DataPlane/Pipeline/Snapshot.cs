using System.Collections.Frozen;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Everything that decides about traffic, compiled from one state of the configuration. Immutable: a change of the
/// configuration makes a new one.</summary>
public sealed class Snapshot
{
    private readonly FrozenDictionary<ListenerKey, Listener> _byKey;

    /// <param name="generation">Counts the snapshots put in force, from 1; 0 for <see cref="Empty"/>.</param>
    /// <param name="listeners">All listeners, the mesh listener included.</param>
    /// <param name="clusters">All clusters by their name.</param>
    /// <param name="settings">What holds for every request.</param>
    public Snapshot(long generation, Listener[] listeners, FrozenDictionary<string, Cluster> clusters, EdgeSettings settings)
    {
        Generation = generation;
        Listeners = listeners;
        Clusters = clusters;
        Settings = settings;
        AccessLog = AccessLogOf(settings);
        _byKey = listeners.ToFrozenDictionary(l => new ListenerKey(l.Bind, l.Port));
    }

    /// <summary>Before the first configuration: nothing is served.</summary>
    public static Snapshot Empty { get; } = new(0, [], FrozenDictionary<string, Cluster>.Empty, new EdgeSettings());

    /// <summary>Counts the snapshots put in force, from 1.</summary>
    public long Generation { get; }

    /// <summary>All listeners.</summary>
    public Listener[] Listeners { get; }

    /// <summary>All clusters by <see cref="Cluster.Text"/>.</summary>
    public FrozenDictionary<string, Cluster> Clusters { get; }

    /// <summary>What holds for every request.</summary>
    public EdgeSettings Settings { get; }

    /// <summary>Where access log lines go; null for nowhere.</summary>
    internal AccessLogTarget? AccessLog { get; }

    /// <summary>The listener that an accepted connection belongs to; null when the configuration has no such listener any more.</summary>
    public Listener? Find(ListenerKey key) => _byKey.GetValueOrDefault(key);

    private static AccessLogTarget? AccessLogOf(EdgeSettings settings)
    {
        if (string.IsNullOrEmpty(settings.AccessLogFile))
            return null;
        // A format that can't be read was refused before; there are lines rather than none.
        if (settings.AccessLogFormat is not { Length: > 0 } text
            || !AccessLogFormat.TryParse(text, settings.AccessLogJson, out var format, out _))
            format = settings.AccessLogJson ? AccessLogFormat.DefaultJson : AccessLogFormat.DefaultText;
        return new AccessLogTarget(settings.AccessLogFile, format);
    }
}

/// <summary>What tells listeners apart across snapshots, so that an open connection finds its listener in the next one.</summary>
/// <param name="Bind">Address of <c>bind</c>; null for the gateway's default.</param>
/// <param name="Port">The bound port.</param>
public readonly record struct ListenerKey(string? Bind, int Port);
