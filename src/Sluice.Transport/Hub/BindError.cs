using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Transport.Hub;

/// <summary>Why an address can't be bound.</summary>
public enum BindErrorReason
{
    /// <summary>Another socket listens there.</summary>
    InUse,

    /// <summary>The process may not: usually a port below 1024 without <c>CAP_NET_BIND_SERVICE</c>.</summary>
    PermissionDenied,

    /// <summary>No interface of this machine has the address, or the machine lacks its address family.</summary>
    NotAvailable,

    /// <summary>Anything else; <see cref="BindError.Detail"/> has the words of the operating system.</summary>
    Other,
}

/// <summary>An address that could not be bound.</summary>
/// <param name="EndPoint">The address and port.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The words of the operating system.</param>
public sealed record BindError(IPEndPoint EndPoint, BindErrorReason Reason, string Detail)
{
    internal static BindError From(IPEndPoint endPoint, SocketException exception)
    {
        var reason = exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => BindErrorReason.InUse,
            SocketError.AccessDenied => BindErrorReason.PermissionDenied,
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => BindErrorReason.NotAvailable,
            _ => BindErrorReason.Other,
        };
        return new BindError(endPoint, reason, exception.Message);
    }

    /// <summary><c>0.0.0.0:80: permission denied</c>.</summary>
    public override string ToString() => Reason switch
    {
        BindErrorReason.InUse => $"{EndPoint}: address already in use",
        BindErrorReason.PermissionDenied => $"{EndPoint}: permission denied",
        BindErrorReason.NotAvailable => $"{EndPoint}: address not available",
        _ => $"{EndPoint}: {Detail}",
    };
}

/// <summary>What became of opening a port: the port, or the reason why not.</summary>
public readonly record struct OpenResult
{
    private OpenResult(OpenPort? port, BindError? error) => (Port, Error) = (port, error);

    /// <summary>The port, bound.</summary>
    public OpenPort? Port { get; }

    /// <summary>The address that can't be bound, and why.</summary>
    public BindError? Error { get; }

    /// <summary>Whether the port is bound.</summary>
    [MemberNotNullWhen(true, nameof(Port))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Port is not null;

    internal static OpenResult Bound(OpenPort port) => new(port, null);

    internal static OpenResult Failed(BindError error) => new(null, error);
}
