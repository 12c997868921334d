using System.CommandLine;

namespace Sluice.Commands;

/// <summary>A flag of the command line together with the environment variable that stands in for it: <c>--port-map</c> is
/// <c>SLUICE_PORT_MAP</c>, lists separated by commas. The flag wins.</summary>
/// <typeparam name="T">What the text means.</typeparam>
internal sealed class Flag<T>
{
    private readonly Option<string[]> _option;
    private readonly string _variable;
    private readonly bool _repeatable;
    private readonly T _fallback;
    private readonly Func<IReadOnlyList<string>, T> _parse;

    private Flag(string name, string value, string description, bool repeatable, T fallback, Func<IReadOnlyList<string>, T> parse, string[] aliases)
    {
        _variable = VariableOf(name);
        _repeatable = repeatable;
        _fallback = fallback;
        _parse = parse;
        _option = new Option<string[]>(name, aliases)
        {
            Description = description,
            HelpName = value,
            Arity = repeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
            AllowMultipleArgumentsPerToken = false,
            // The texts are interpreted in one place for flags and variables; a parser of our own also keeps reflection out.
            CustomParser = result => [.. result.Tokens.Select(t => t.Value)],
        };
    }

    /// <summary>The flag as the parser knows it.</summary>
    public Option Option => _option;

    /// <summary>A flag given at most once.</summary>
    /// <param name="name">Name with its dashes.</param>
    /// <param name="value">What the help calls the value.</param>
    /// <param name="description">One line for the help.</param>
    /// <param name="fallback">Value without flag and variable.</param>
    /// <param name="parse">Reads the text; throws <see cref="FormatException"/> with a sentence.</param>
    /// <param name="aliases">Other names.</param>
    public static Flag<T> One(string name, string value, string description, T fallback, Func<string, T> parse, params string[] aliases) =>
        new(name, value, description, repeatable: false, fallback, texts => parse(texts[0]), aliases);

    /// <summary>A flag that can be repeated; the variable holds a list separated by commas.</summary>
    public static Flag<T> Many(string name, string value, string description, T fallback, Func<IReadOnlyList<string>, T> parse, params string[] aliases) =>
        new(name, value, description + " (repeatable)", repeatable: true, fallback, parse, aliases);

    /// <summary>The value in force.</summary>
    /// <exception cref="UsageException">The text has no meaning; the sentence names the flag or the variable.</exception>
    public T Read(ParseResult result, Terminal terminal)
    {
        if (result.GetResult(_option) is { Implicit: false } given)
            return Parse(given.Option.Name, result.GetValue(_option) ?? []);
        return terminal.Environment(_variable) is { Length: > 0 } text
            ? Parse(_variable, _repeatable ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [text])
            : _fallback;
    }

    /// <summary>Whether flag or variable is given.</summary>
    public bool IsGiven(ParseResult result, Terminal terminal) =>
        result.GetResult(_option) is { Implicit: false } || terminal.Environment(_variable) is { Length: > 0 };

    private T Parse(string source, string[] texts)
    {
        try
        {
            return texts.Length == 0 ? _fallback : _parse(texts);
        }
        catch (FormatException e)
        {
            throw new UsageException($"{source}: {e.Message}");
        }
    }

    private static string VariableOf(string flag) => Switch.VariableOf(flag);
}

/// <summary>A flag without a value; the variable is <c>true</c> or <c>false</c>.</summary>
internal sealed class Switch(string name, string description)
{
    private readonly Option<bool> _option = new(name) { Description = description };
    private readonly string _variable = VariableOf(name);

    /// <summary>The flag as the parser knows it.</summary>
    public Option Option => _option;

    /// <summary>Whether it is on.</summary>
    /// <exception cref="UsageException">The variable is neither <c>true</c> nor <c>false</c>.</exception>
    public bool Read(ParseResult result, Terminal terminal)
    {
        if (result.GetResult(_option) is { Implicit: false })
            return result.GetValue(_option);
        return terminal.Environment(_variable)?.ToLowerInvariant() switch
        {
            null or "" or "false" or "0" or "off" => false,
            "true" or "1" or "on" => true,
            var other => throw new UsageException($"{_variable}: '{other}' is neither true nor false"),
        };
    }

    /// <summary>The environment variable of a flag.</summary>
    internal static string VariableOf(string flag) =>
        "SLUICE_" + flag.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}
