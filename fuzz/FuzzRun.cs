namespace Sluice.Fuzz;

/// <summary>A bounded run that needs no fuzzer: inputs are made from the corpus by chance, always the same for the same seed.</summary>
internal static class FuzzRun
{
    private const int MaxInputs = 2_000;

    /// <summary>Runs a target.</summary>
    /// <param name="target">What to run.</param>
    /// <param name="iterations">How many inputs are made; the corpus itself comes first.</param>
    /// <param name="seed">Decides which.</param>
    /// <returns>How many kinds of input there were.</returns>
    /// <exception cref="FuzzException">A finding, with the input in Base64.</exception>
    public static int Run(FuzzTarget target, int iterations, int seed)
    {
        var mutator = new Mutator(seed);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        var inputs = new List<byte[]>();
        foreach (var input in target.Corpus())
        {
            kinds.Add(Try(target, input));
            inputs.Add(input);
        }
        for (var i = 0; i < iterations; i++)
        {
            var input = mutator.Next(inputs);
            if (kinds.Add(Try(target, input)) && inputs.Count < MaxInputs)
                inputs.Add(input);
        }
        return kinds.Count;
    }

    private static string Try(FuzzTarget target, byte[] input)
    {
        try
        {
            return target.Run(input);
        }
        catch (Exception e)
        {
            throw new FuzzException($"{target.Name} {Convert.ToBase64String(input)}: {e}");
        }
    }
}
