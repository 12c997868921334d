using System.Text;
using Sluice.Transport.Http1;

namespace Sluice.Fuzz.Targets;

/// <summary>The input is a chunked body. It must be understood alike however it and the room for its data are cut, and not a byte behind its
/// end may be used up.</summary>
internal static class ChunksTarget
{
    public static string Run(byte[] input)
    {
        var whole = Read(input, input.Length, input.Length);
        foreach (var (piece, room) in (ReadOnlySpan<(int, int)>)[(1, 1), (3, 64), (64, 3), (input.Length, 5)])
        {
            var cut = Read(input, piece, room);
            if (cut != whole)
                throw new FuzzException($"in pieces of {piece} with room for {room}: {cut}, whole: {whole}");
        }
        if (whole.Done)
            CheckAgainstWriting(whole);
        return $"{whole.Done} {whole.Error} {whole.Trailers.Length / 8} {whole.Data.Length / 8}";
    }

    private static Reading Read(byte[] input, int piece, int room)
    {
        var decoder = new ChunkedDecoder();
        decoder.Reset();
        var data = new StringBuilder();
        var output = new byte[Math.Max(1, room)];
        var position = 0;
        while (position < input.Length && !decoder.Done && decoder.Error is null)
        {
            var some = input.AsSpan(position, Math.Min(Math.Max(1, piece), input.Length - position));
            var written = decoder.Decode(some, output, out var consumed);
            if (consumed > some.Length || written > consumed || (written == 0 && consumed == 0))
                throw new FuzzException($"{consumed} of {some.Length} bytes used, {written} written");
            data.Append(Encoding.Latin1.GetString(output, 0, written));
            position += consumed;
        }
        var trailers = string.Concat(decoder.Trailers.Select(t => $"{t.Name}: {t.Value}\n"));
        return new Reading(decoder.Done, decoder.Error, data.ToString(), trailers, position);
    }

    /// <summary>What was read and is written anew reads the same.</summary>
    private static void CheckAgainstWriting(Reading reading)
    {
        var chunk = reading.Data.Length == 0 ? "" : $"{reading.Data.Length:X}\r\n{reading.Data}\r\n";
        var again = Encoding.Latin1.GetBytes($"{chunk}0\r\n{reading.Trailers.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n");
        if (Read(again, again.Length, again.Length) is var second && second with { Used = reading.Used } != reading)
            throw new FuzzException($"{reading} was written anew and read as {second}");
    }

    private sealed record Reading(bool Done, string? Error, string Data, string Trailers, int Used);
}
