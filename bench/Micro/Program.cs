using BenchmarkDotNet.Running;

// bench/README.md says what to run.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
