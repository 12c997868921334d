using Sluice.Api.Networking;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles header operations. <c>Host</c> and <c>:authority</c> in <c>set</c> or <c>add</c> rewrite the authority; other pseudo
/// headers, and both in <c>remove</c>, are passed over.</summary>
/// <remarks>One level executes its removals first, then <c>set</c>, then <c>add</c>, each of these by name. See
/// https://istio.io/latest/docs/reference/config/networking/virtual-service/#Headers.</remarks>
internal static class HeaderCompiler
{
    /// <summary>The changes of one level, or of two that execute as one list: all removals, then the additions of the first, then those of
    /// the second.</summary>
    public static HeaderMutator Compile(HeaderOperations? first, HeaderOperations? second = null)
    {
        if (first is null && second is null)
            return HeaderMutator.None;
        var operations = new List<HeaderOperation>();
        Remove(operations, first);
        Remove(operations, second);
        Put(operations, HeaderChange.Set, first?.Set);
        Put(operations, HeaderChange.Add, first?.Add);
        Put(operations, HeaderChange.Set, second?.Set);
        Put(operations, HeaderChange.Add, second?.Add);
        return operations.Count == 0 ? HeaderMutator.None : new HeaderMutator([.. operations]);
    }

    /// <summary>The host that the operations send upstream; null when they don't touch it. <c>set</c> goes before <c>add</c>.</summary>
    public static string? Authority(HeaderOperations? operations) => Authority(operations?.Set) ?? Authority(operations?.Add);

    private static string? Authority(IReadOnlyDictionary<string, string>? headers)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            if (IsHost(name) || name.Equals(":authority", StringComparison.OrdinalIgnoreCase))
                return value;
        }
        return null;
    }

    private static void Remove(List<HeaderOperation> operations, HeaderOperations? level)
    {
        foreach (var name in level?.Remove ?? [])
        {
            if (!IsReserved(name))
                operations.Add(new HeaderOperation(HeaderChange.Remove, name, ""));
        }
    }

    private static void Put(List<HeaderOperation> operations, HeaderChange change, IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null)
            return;
        foreach (var (name, value) in headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            if (!IsReserved(name))
                operations.Add(new HeaderOperation(change, name, value));
        }
    }

    private static bool IsReserved(string name) => name.StartsWith(':') || IsHost(name);

    private static bool IsHost(string name) => name.Equals("host", StringComparison.OrdinalIgnoreCase);
}
