using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sluice.ControlPlane.Tests.Discovery;

/// <summary>A resolver that answers as the test says; a name that it was told nothing about does not exist.</summary>
internal sealed class FakeResolver
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<IPAddress[]>>> _answers = [];
    private readonly ConcurrentDictionary<string, int> _asked = [];

    /// <summary>How often a name was asked for.</summary>
    internal int AskedFor(string name) => _asked.GetValueOrDefault(name);

    /// <summary>From now on the name has these addresses.</summary>
    internal void Answer(string name, params string[] addresses) =>
        _answers[name] = _ => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));

    /// <summary>From now on asking for the name fails.</summary>
    internal void Fail(string name, SocketError error) => _answers[name] = _ => Task.FromException<IPAddress[]>(new SocketException((int)error));

    /// <summary>From now on there is no answer until the test gives it.</summary>
    internal TaskCompletionSource<IPAddress[]> Hold(string name)
    {
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[name] = cancel => answer.Task.WaitAsync(cancel);
        return answer;
    }

    internal Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancel)
    {
        _asked.AddOrUpdate(name, 1, (_, n) => n + 1);
        return _answers.TryGetValue(name, out var answer)
            ? answer(cancel)
            : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }
}
