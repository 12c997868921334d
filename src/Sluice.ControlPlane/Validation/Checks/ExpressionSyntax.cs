namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Walks over a CEL expression by its grammar. Precedence does not matter for whether it is well-formed.</summary>
internal ref struct ExpressionSyntax(ReadOnlySpan<char> text)
{
    private const int MaxDepth = 100;

    /// <summary>Longer ones first, so that &lt;= is not taken for &lt;.</summary>
    private static readonly string[] BinaryOperators = ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%"];

    private readonly ReadOnlySpan<char> _text = text;
    private int _position;
    private int _depth;
    private string? _problem;

    /// <summary>What is wrong with the expression; null when nothing is.</summary>
    public string? Problem()
    {
        if (Expression() && !AtEnd()) Fail("an operator is missing");
        return _problem;
    }

    private bool Expression()
    {
        if (++_depth > MaxDepth) return Fail("it is nested too deep");
        if (!Operand()) return false;
        while (BinaryOperator())
        {
            if (!Operand()) return false;
        }

        if (Take("?") && !(Expression() && Expect(":") && Expression())) return false;
        _depth--;
        return true;
    }

    private bool Operand()
    {
        while (Take("!") || Take("-"))
        {
        }

        if (!Primary()) return false;
        while (true)
        {
            if (Take("."))
            {
                if (!Identifier(out _)) return Fail("a name is missing after the dot");
                if (Take("(") && !List(")")) return false;
            }
            else if (Take("["))
            {
                if (!(Expression() && Expect("]"))) return false;
            }
            else
            {
                return true;
            }
        }
    }

    private bool Primary()
    {
        if (AtEnd()) return Fail("it ends where a value is missing");
        if (Take("(")) return Expression() && Expect(")");
        if (Take("[")) return List("]");
        if (Take("{")) return Map();
        if (char.IsAsciiDigit(_text[_position])) return Number();
        if (_text[_position] is '"' or '\'') return Quoted(raw: false);
        if (_text[_position] == '.') _position++;
        if (!Identifier(out var name)) return Fail($"unexpected \"{_text[_position]}\"");
        var isPrefix = name is "r" or "R" or "b" or "B" or "rb" or "br";
        if (isPrefix && _position < _text.Length && _text[_position] is '"' or '\'') return Quoted(name.ContainsAny('r', 'R'));
        return name is "in" ? Fail("a value is missing before in") : !Take("(") || List(")");
    }

    /// <summary>Values up to the closing bracket.</summary>
    private bool List(string close)
    {
        while (!Take(close))
        {
            if (!Expression()) return false;
            if (Take(close)) return true;
            if (!Expect(",")) return false;
        }

        return true;
    }

    private bool Map()
    {
        while (!Take("}"))
        {
            if (!(Expression() && Expect(":") && Expression())) return false;
            if (Take("}")) return true;
            if (!Expect(",")) return false;
        }

        return true;
    }

    private bool Number()
    {
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] == '.')) _position++;
        return true;
    }

    private bool Quoted(bool raw)
    {
        var quote = _text[_position];
        var fence = _text[_position..] is [_, var second, var third, ..] && second == quote && third == quote ? 3 : 1;
        _position += fence;
        while (_position < _text.Length)
        {
            if (!raw && _text[_position] == '\\') _position++;
            else if (_text[_position..].Length >= fence && !_text.Slice(_position, fence).ContainsAnyExcept(quote))
            {
                _position += fence;
                return true;
            }

            _position++;
        }

        return Fail("a text is not closed");
    }

    private bool Identifier(out ReadOnlySpan<char> name)
    {
        AtEnd();
        var start = _position;
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] == '_')) _position++;
        name = _text[start.._position];
        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }

    private bool BinaryOperator()
    {
        if (AtEnd()) return false;
        if (_text[_position..] is ['i', 'n', var next, ..] && !char.IsAsciiLetterOrDigit(next) && next != '_')
        {
            _position += 2;
            return true;
        }

        foreach (var symbol in BinaryOperators)
        {
            if (Take(symbol)) return true;
        }

        return false;
    }

    private bool Take(string symbol)
    {
        if (AtEnd() || !_text[_position..].StartsWith(symbol, StringComparison.Ordinal)) return false;
        _position += symbol.Length;
        return true;
    }

    private bool Expect(string symbol) => Take(symbol) || Fail($"\"{symbol}\" is missing");

    private bool AtEnd()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position])) _position++;
        return _position >= _text.Length;
    }

    private bool Fail(string problem)
    {
        _problem ??= problem;
        return false;
    }
}
