using System.Diagnostics;

namespace Sluice.Load;

/// <summary>The gateway as a process of its own, with a folder of configuration that goes with it.</summary>
internal sealed class Gateway : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    /// <param name="sluice">Path of the executable.</param>
    /// <param name="port">Where servers on port 80 are bound.</param>
    /// <param name="flags">Further flags of <c>run</c>.</param>
    public Gateway(string sluice, int port, params string[] flags)
    {
        string[] arguments =
        [
            "run", "--config", Folder, "--bind", "127.0.0.1", "--port-map", $"80={port}", "--admin", "off", "--status", "127.0.0.1:0",
            "--drain-delay", "0s", .. flags,
        ];
        _process = new Process { StartInfo = new ProcessStartInfo(sluice, arguments) { RedirectStandardError = true } };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            if (!text.Contains(" info ", StringComparison.Ordinal))
                Console.Error.WriteLine(text);
            Said?.Invoke(text);
        };
    }

    /// <summary>A line of its log; not on the thread of the run.</summary>
    public event Action<string>? Said;

    /// <summary>Where its configuration is.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("sluice-load-").FullName;

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it, and returns once it serves.</summary>
    public async Task StartAsync()
    {
        var serves = When("is in force");
        _process.Start();
        _process.BeginErrorReadLine();
        await serves;
    }

    /// <summary>Completes with the next line of the log that has these words.</summary>
    /// <exception cref="TimeoutException">It never comes.</exception>
    public async Task When(string words)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Said += Look;
        try
        {
            await said.Task.WaitAsync(Patience);
        }
        finally
        {
            Said -= Look;
        }

        void Look(string line)
        {
            if (line.Contains(words, StringComparison.Ordinal))
                said.TrySetResult();
        }
    }

    /// <summary>Writes a file of the configuration, all of it at once.</summary>
    public void Write(string name, string text)
    {
        var draft = Path.Combine(Folder, "." + name);
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(Folder, name), overwrite: true);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
