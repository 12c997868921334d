using System.Runtime.InteropServices;

namespace Sluice.Hosting;

/// <summary>The way out of the process: the first SIGTERM or SIGINT drains, the second one stops at once.</summary>
internal sealed class Shutdown : IDisposable
{
    private readonly Drain _drain;
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _requests;

    public Shutdown(Drain drain) => _drain = drain;

    /// <summary>Ends when the process may exit.</summary>
    public Task Completed => _completed.Task;

    /// <summary>Takes over SIGTERM and SIGINT.</summary>
    public void ListenToSignals()
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Request();
            }));
        }
    }

    /// <summary>What a signal does: drain; the second time, stop at once.</summary>
    public void Request()
    {
        if (Interlocked.Increment(ref _requests) == 1)
            _ = CompleteAsync();
        else
            _drain.Hurry();
    }

    /// <summary>Stops at once (<c>/quitquitquit</c>).</summary>
    public void Quit()
    {
        _drain.Hurry();
        Request();
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }

    private async Task CompleteAsync()
    {
        try
        {
            await _drain.BeginAsync();
            _completed.SetResult();
        }
        catch (Exception exception)
        {
            // Whoever waits for the end of the process must hear of it.
            _completed.SetException(exception);
        }
    }
}
