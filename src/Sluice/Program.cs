using Sluice.Commands;

namespace Sluice;

internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.Invoke(args, Terminal.OfProcess());
}
