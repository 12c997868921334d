namespace Sluice.Commands;

/// <summary>What the process tells its caller; the numbers are those of sysexits.h where it has one.</summary>
internal static class ExitCode
{
    /// <summary>Fine.</summary>
    public const int Ok = 0;

    /// <summary>Something failed while running.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The configuration is invalid.</summary>
    public const int InvalidConfiguration = 65;

    /// <summary>An address could not be bound.</summary>
    public const int AddressUnavailable = 69;

    /// <summary>Warnings, and <c>--strict</c> was given.</summary>
    public const int Warnings = 79;
}
