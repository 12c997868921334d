namespace Sluice.ControlPlane.Discovery;

/// <summary>How far an object is exported, seen from this gateway's namespace.</summary>
internal enum ExportReach
{
    /// <summary>Not to this gateway.</summary>
    None,

    /// <summary>To its own namespace only, which is the gateway's.</summary>
    Private,

    /// <summary>To a list of namespaces with the gateway's among them.</summary>
    Listed,

    /// <summary>To all namespaces.</summary>
    Public,
}

/// <summary>Reads <c>exportTo</c>: <c>*</c> is everyone, <c>.</c> the object's own namespace, <c>~</c> nobody.</summary>
internal static class ExportScope
{
    private const string Everyone = "*";
    private const string Own = ".";

    /// <summary>How far an object of <paramref name="ns"/> reaches towards the namespace <paramref name="viewer"/>.</summary>
    /// <param name="exportTo">The object's list; null or empty for the mesh's default.</param>
    /// <param name="ns">Namespace of the object.</param>
    /// <param name="viewer">Namespace that looks.</param>
    /// <param name="meshDefault">The MeshConfig's list for this kind; null or empty for everyone.</param>
    public static ExportReach Reach(
        IReadOnlyList<string>? exportTo, string ns, string viewer, IReadOnlyList<string>? meshDefault = null)
    {
        var list = exportTo is { Count: > 0 } ? exportTo : meshDefault;
        if (list is not { Count: > 0 })
            return ExportReach.Public;
        var reach = ExportReach.None;
        foreach (var entry in list)
        {
            var found = entry == Everyone ? ExportReach.Public
                : entry == Own || entry == ns ? (ns == viewer ? ExportReach.Private : ExportReach.None)
                : entry == viewer ? ExportReach.Listed
                : ExportReach.None;
            if (found > reach)
                reach = found;
        }
        return reach;
    }

    /// <summary>Whether the object is exported to its own namespace and nowhere else.</summary>
    public static bool IsPrivate(IReadOnlyList<string>? exportTo, string ns, IReadOnlyList<string>? meshDefault)
    {
        var list = exportTo is { Count: > 0 } ? exportTo : meshDefault;
        return list is { Count: > 0 } && list.All(e => e == Own || e == ns);
    }
}
