namespace Sluice.Transport.Tests.Wire;

/// <summary>Holds a request in flight until a test lets it go.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Entered => _entered.Task.WaitAsync(WireClient.Patience);

    public void Open() => _opened.TrySetResult();

    public Task PassAsync()
    {
        _entered.TrySetResult();
        return _opened.Task.WaitAsync(WireClient.Patience);
    }
}
