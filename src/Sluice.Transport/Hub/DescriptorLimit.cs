using System.Runtime.InteropServices;

namespace Sluice.Transport.Hub;

/// <summary>How many descriptors this process may have open.</summary>
internal static partial class DescriptorLimit
{
    private const int LinuxResource = 7;
    private const int MacResource = 8;

    /// <summary>90 % of the soft <c>RLIMIT_NOFILE</c>, which leaves room for upstream connections and files;
    /// <see cref="int.MaxValue"/> where there is no such limit.</summary>
    public static int NinetyPercent()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return int.MaxValue;
        var resource = OperatingSystem.IsLinux() ? LinuxResource : MacResource;
        if (GetResourceLimit(resource, out var limit) != 0)
            throw new InvalidOperationException($"getrlimit failed with errno {Marshal.GetLastPInvokeError()}");
        return (int)Math.Min(limit.Soft / 10 * 9, int.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
