using System.Diagnostics;
using System.Globalization;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Guards;

/// <summary>Counts the system calls of a process, all its threads included (Debian package <c>strace</c>).</summary>
internal sealed class Strace : IAsyncDisposable
{
    private readonly Process _process;
    private readonly LogLines _log = new();
    private readonly string _summary;

    private Strace(Process process, string summary) => (_process, _summary) = (process, summary);

    /// <summary>Where it is installed; null where it is not.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => System.IO.Path.Combine(folder, "strace")).FirstOrDefault(File.Exists);

    /// <summary>Begins to count; null when this process may not watch that one.</summary>
    /// <param name="pid">Whose calls are counted.</param>
    /// <param name="summary">A file for the result.</param>
    public static async Task<Strace?> AttachAsync(int pid, string summary)
    {
        var start = new ProcessStartInfo(Path!, ["-f", "-c", "-o", summary, "-p", pid.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        };
        var strace = new Strace(new Process { StartInfo = start }, summary);
        strace._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                strace._log.Add(text);
            else
                strace._log.End();
        };
        strace._process.Start();
        strace._process.BeginErrorReadLine();
        var attached = strace._log.WhenAsync("attached");
        if (await Task.WhenAny(attached, strace._process.WaitForExitAsync()) == attached)
            return strace;
        await strace.DisposeAsync();
        return null;
    }

    /// <summary>Ends, and tells how often each call was made.</summary>
    public async Task<IReadOnlyDictionary<string, int>> DetachAsync()
    {
        using (var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        var calls = new Dictionary<string, int>();
        foreach (var line in await File.ReadAllLinesAsync(_summary))
        {
            // % time, seconds, microseconds a call, calls, errors if there were any, name.
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length is 5 or 6 && int.TryParse(columns[3], CultureInfo.InvariantCulture, out var count))
                calls[columns[^1]] = count;
        }
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_summary);
    }
}
