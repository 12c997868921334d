using System.Globalization;
using SharpFuzz;
using Sluice.Fuzz;

// See README.md.
const string Usage = """
    sluice-fuzz run TARGET ITERATIONS SEED    changes the corpus by chance; exit 1 with the input of the first finding
    sluice-fuzz file TARGET FILE              one input
    sluice-fuzz libfuzzer TARGET              under libfuzzer-dotnet
    sluice-fuzz afl TARGET                    under afl-fuzz
    Targets: answer, request, chunks, path, pattern.
    """;

if (args.Length < 2 || FuzzTarget.Find(args[1]) is not { } target)
{
    Console.Error.WriteLine(Usage);
    return 64;
}
switch (args)
{
    case ["run", _, var iterations, var seed]:
        try
        {
            var kinds = FuzzRun.Run(target, Number(iterations), Number(seed));
            Console.WriteLine($"{iterations} inputs of {kinds} kinds");
            return 0;
        }
        catch (FuzzException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    case ["file", _, var file]:
        Console.WriteLine(target.Run(File.ReadAllBytes(file)));
        return 0;
    case ["libfuzzer", _]:
        Fuzzer.LibFuzzer.Run(input => target.Run(input.ToArray()));
        return 0;
    case ["afl", _]:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 64;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
