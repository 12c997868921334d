using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Routing;

/// <summary>Header changes of one level, in the order of execution: removals, then sets, then additions (HTTPRoute and
/// HTTPRouteDestination <c>headers</c>).</summary>
/// <remarks>Values with operators are filled in before anything is set or added, so none sees another's result, as in Envoy. A value that
/// comes out empty changes nothing. Pseudo headers are left alone; the host sent upstream is <see cref="ForwardAction.Authority"/>, not a
/// header change.</remarks>
public sealed class HeaderMutator
{
    private readonly Step[] _steps;
    private readonly bool _hasOperators;

    /// <summary>Changes nothing.</summary>
    public static readonly HeaderMutator None = new([]);

    /// <param name="operations">In the order of execution.</param>
    /// <exception cref="ArgumentException">A value has a malformed or unknown operator; validation reports it before
    /// (<see cref="FormatString.TryParse"/>).</exception>
    public HeaderMutator(HeaderOperation[] operations)
    {
        Operations = operations;
        _steps = [.. operations.Where(o => !o.Name.StartsWith(':')).Select(o => new Step(o))];
        _hasOperators = Array.Exists(_steps, s => s.Literal is null);
    }

    private readonly struct Step
    {
        public Step(HeaderOperation operation)
        {
            Change = operation.Change;
            Name = operation.Name;
            if (!FormatString.TryParse(operation.Value, out var format, out var reason))
                throw new ArgumentException($"{operation.Name}: {reason}", nameof(operation));
            Literal = format.Literal;
            Format = format;
        }

        public HeaderChange Change { get; }

        public string Name { get; }

        public string? Literal { get; }

        public FormatString Format { get; }
    }

    /// <summary>In the order of execution.</summary>
    public HeaderOperation[] Operations { get; }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Operations.Length == 0;

    /// <summary>Changes header fields.</summary>
    /// <param name="headers">The request's on their way upstream, or the answer's on their way to the client.</param>
    /// <param name="info">Tells the values of operators.</param>
    public void Apply(IHeaderDictionary headers, RequestInfo info)
    {
        string?[]? values = null;
        for (var i = 0; i < _steps.Length; i++)
        {
            ref readonly var step = ref _steps[i];
            if (step.Change == HeaderChange.Remove)
            {
                headers.Remove(step.Name);
                continue;
            }
            if (_hasOperators)
                values ??= Fill(i, info);
            var value = step.Literal ?? values![i];
            if (string.IsNullOrEmpty(value))
                continue;
            headers[step.Name] = step.Change == HeaderChange.Set
                ? value
                : StringValues.Concat(headers.TryGetValue(step.Name, out var lines) ? lines : default, value);
        }
    }

    private string?[] Fill(int from, RequestInfo info)
    {
        var values = new string?[_steps.Length];
        for (var i = from; i < _steps.Length; i++)
        {
            if (_steps[i].Literal is null)
                values[i] = _steps[i].Format.Format(info, "");
        }
        return values;
    }
}

/// <summary>How a <see cref="HeaderOperation"/> changes a header.</summary>
public enum HeaderChange
{
    /// <summary>All lines of the name are removed.</summary>
    Remove,

    /// <summary>All lines are replaced by one.</summary>
    Set,

    /// <summary>A line is added behind the existing ones.</summary>
    Add,
}

/// <summary>One header change.</summary>
/// <param name="Change">What to do.</param>
/// <param name="Name">Field name.</param>
/// <param name="Value">Value with Envoy's command operators (<c>%REQ(x)%</c>, <c>%%</c>); empty for removals.</param>
public sealed record HeaderOperation(HeaderChange Change, string Name, string Value);
