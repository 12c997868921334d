#!/usr/bin/env python3
"""Measures the gateway with a large configuration: loading, reloading after a change of one line, memory, latency meanwhile.

    bench/scale.py out/sluice [--rate 1000] [--files few|many] [generate.py's sizes]

Needs Linux, the .NET SDK (for bench/Load) and a machine with nothing else to do. Prints one figure a line with its target; exit 1 when
one is missed. All endpoints are one origin on the loopback address, so that there can be traffic.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
LOAD = HERE / "Load/bin/Release/net10.0/sluice-load"
ORIGIN, PORT = 19401, 19402
HOST = "vs-4.example.com"
PATIENCE = 120
TARGETS = {"load": 5.0, "reload": 5.0, "p99": 3.0, "memory": 600.0}


class Gateway:
    """A running gateway and the times of its log lines."""

    def __init__(self, sluice, config):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sluice, "run", "--config", config, "--bind", "127.0.0.1", "--port-map", f"80={PORT}", "--admin", "off",
             "--status", "127.0.0.1:0", "--metrics", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        self.lines, self.news = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            with self.news:
                self.lines.append((time.monotonic(), line.rstrip()))
                self.news.notify_all()
            if " info " not in line:
                print(line.rstrip(), file=sys.stderr)

    def when(self, text):
        """The time of the first line with the text."""
        def found():
            return next((at for at, line in self.lines if text in line), None)
        with self.news:
            if not self.news.wait_for(lambda: found() is not None, PATIENCE):
                sys.exit(f"no line with '{text}' within {PATIENCE} s")
            return found()

    def memory(self):
        """Resident MiB now, and at most so far."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return tuple(int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM"))

    def stop(self):
        self.process.kill()
        self.process.wait()


def rate(rate, seconds):
    return subprocess.Popen([LOAD, "rate", str(PORT), HOST, str(rate), str(seconds)], stdout=subprocess.PIPE, text=True)


def result(load):
    out, _ = load.communicate()
    return json.loads(out)


def change(folder, number):
    """One line of one VirtualService, somewhere in the middle."""
    path = next(p for p in sorted(folder.rglob("*.yaml")) if "name: vs-2500\n" in p.read_text(encoding="utf-8"))
    head, name, tail = path.read_text(encoding="utf-8").partition("name: vs-2500\n")
    tail = re.sub(r"/api/v0\w*\n", f"/api/v0x{number}\n", tail, count=1)
    draft = path.with_name("." + path.name)
    draft.write_text(head + name + tail, encoding="utf-8")
    draft.rename(path)


def measure(args, folder):
    gateway = Gateway(args.sluice, folder)
    try:
        ready = gateway.when("Ready with configuration")
        yield "load", "s, from the start to ready", ready - gateway.started
        result(rate(args.rate, 5))  # warms up
        quiet = result(rate(args.rate, 10))
        reloads, during = [], []
        for number in range(args.reloads):
            load = rate(args.rate, 6)
            time.sleep(1)
            written = time.monotonic()
            change(folder, number)
            reloads.append(gateway.when(f"Configuration {number + 2} is in force") - written)
            during.append(result(load))
        yield "reload", "s, from the change to in force, the slowest", max(reloads)
        print(f"  reloads: {', '.join(f'{r:.2f}' for r in reloads)} s")
        print(f"  before: {quiet}")
        for line in during:
            print(f"  during: {line}")
        if any(r["failed"] for r in [quiet, *during]):
            sys.exit("requests failed")
        median = sorted(r["p99_ms"] for r in during)[len(during) // 2]
        yield "p99", "x, during a reload (6 s with it) by before, the median", median / quiet["p99_ms"]
        now, most = gateway.memory()
        print(f"  memory: {now:.0f} MiB resident now, {most:.0f} MiB at most")
        yield "memory", "MiB, resident after the reloads", now
    finally:
        gateway.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice")
    parser.add_argument("--rate", type=int, default=1000, help="requests a second")
    parser.add_argument("--reloads", type=int, default=5)
    args, sizes = parser.parse_known_args()
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "quiet", "--nologo", HERE / "Load"], check=True, stdout=subprocess.DEVNULL)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-scale-"))
    origin = subprocess.Popen([LOAD, "origin", str(ORIGIN)])
    missed = False
    try:
        subprocess.run([HERE / "generate.py", folder, "--upstream", f"127.0.0.1:{ORIGIN}", *sizes], check=True)
        for name, unit, value in measure(args, folder):
            missed |= value > TARGETS[name]
            print(f"{name}: {value:.2f} {unit} (target: under {TARGETS[name]:g}{', MISSED' if value > TARGETS[name] else ''})", flush=True)
    finally:
        origin.kill()
        origin.wait()
        shutil.rmtree(folder)
    sys.exit(missed)


if __name__ == "__main__":
    main()
