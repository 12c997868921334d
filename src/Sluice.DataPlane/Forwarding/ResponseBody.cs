using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Streams;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The way of an answer's body to the client; counts its bytes.</summary>
internal sealed class ResponseBody : AsyncStream, IHttpResponseBodyFeature
{
    private IHttpResponseBodyFeature? _inner;
    private Attempt? _source;
    private long _length;

    /// <summary>Bytes given to the client's connection.</summary>
    public long BytesSent { get; private set; }

    /// <inheritdoc/>
    Stream IHttpResponseBodyFeature.Stream => this;

    /// <summary>Writes past the count; see <see cref="Count"/>.</summary>
    public PipeWriter Writer => Inner.Writer;

    private IHttpResponseBodyFeature Inner => _inner ?? throw new InvalidOperationException("no request is being answered");

    /// <summary>From now on the bytes go there.</summary>
    public void Take(IHttpResponseBodyFeature inner) => _inner = inner;

    /// <summary>Takes up the answer to a request.</summary>
    public void Open() => BytesSent = 0;

    /// <summary>Forgets the request.</summary>
    public void Release() => _source = null;

    /// <summary>Counts bytes that were written with <see cref="Writer"/>.</summary>
    public void Count(int bytes) => BytesSent += bytes;

    /// <summary>Says how long the body of an attempt's answer is: the upstream is done before the client has the last byte.</summary>
    public void Expect(long length, Attempt source)
    {
        (_length, _source) = (length, source);
        LeaveAtEnd();
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        BytesSent += buffer.Length;
        LeaveAtEnd();
        return Inner.Stream.WriteAsync(buffer, cancellationToken);
    }

    private void LeaveAtEnd()
    {
        if (BytesSent >= _length)
            _source?.Leave();
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.Stream.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public void DisableBuffering() => Inner.DisableBuffering();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => Inner.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("answers are not files");

    /// <inheritdoc/>
    public Task CompleteAsync() => Inner.CompleteAsync();

    /// <inheritdoc/>
    public override bool CanRead => false;
}
