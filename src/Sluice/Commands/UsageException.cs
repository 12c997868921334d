namespace Sluice.Commands;

/// <summary>The command line (or an environment variable standing in for a flag) is wrong; the message is a sentence for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
