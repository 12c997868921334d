#!/usr/bin/env python3
"""Side by side: what does a request cost in Sluice, nginx and HAProxy?

    ./bench.py --sluice 'out/sluice' [--profile bare|full] [--loads get1k,post1k,...] [--rounds 3]

The proxies run one at a time pinned to one processor, load and upstream on the other; rounds are interleaved so that a
machine whose speed drifts hits all alike. The figure that counts is the proxy's own CPU time a request (user + system,
all its threads, from the kernel's accounting) and its ratio to nginx: it stays meaningful when the load generator is
the bottleneck and when the machine is shared. Absolute times are not comparable between machines.

Needs Debian's nginx-light, haproxy, wrk, nghttp2-client, openssl. Loopback only.

profile bare: one host, one route, no access log.
profile full: what a real edge does. 1,000 virtual hosts with 4 prefix routes each, x-request-id and x-forwarded-* set,
              an access-log line a request written to a file, metrics on. nginx and HAProxy get the same work.
"""
import argparse, json, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
LOADS = "get1k get10k get100k post1k tls1k tls100k h2 handshake_ec handshake_rsa".split()


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("names", nargs="*", default=["nginx", "haproxy", "sluice"], help="proxies: nginx haproxy sluice")
    p.add_argument("--sluice", default="out/sluice", help="the command, `run` and its flags are appended")
    p.add_argument("--profile", choices=["bare", "full"], default="bare")
    p.add_argument("--loads", default="get1k", help="comma list of: " + " ".join(LOADS) + ", or all")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=int, default=5, help="measured time of one load in one round")
    p.add_argument("--warm", type=int, default=60, help="seconds of warm-up for a runtime that compiles while it runs")
    p.add_argument("--connections", type=int, default=64)
    p.add_argument("--cpu", default="0")
    p.add_argument("--load-cpu", default="1")
    p.add_argument("--json", help="write all figures to this file")
    return p.parse_args()


class Process:
    """A proxy or the upstream in a process session of its own, so that all its children are counted and stopped."""

    def __init__(self, command, cpus, log):
        self.log = log
        self.child = subprocess.Popen(["taskset", "-c", cpus, "sh", "-c", "exec " + command], stdin=subprocess.DEVNULL,
                                      stdout=open(log, "w"), stderr=subprocess.STDOUT, start_new_session=True)

    def stats(self):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                text = open(f"/proc/{pid}/stat").read()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2:].split()
            if int(fields[3]) == self.child.pid:
                yield int(pid), fields

    def cpu_seconds(self):
        user = system = 0
        for _, f in self.stats():
            user += int(f[11]) + int(f[13])
            system += int(f[12]) + int(f[14])
        return user / TICKS, system / TICKS

    def resident_mib(self):
        return sum(int(f[21]) * os.sysconf("SC_PAGE_SIZE") for _, f in self.stats()) / 2**20

    def compiles_while_running(self):
        return any("libcoreclr" in open(f"/proc/{pid}/maps").read() for pid, _ in self.stats())

    def allow(self, cpus):
        for pid, _ in self.stats():
            subprocess.run(["taskset", "-acp", cpus, str(pid)], capture_output=True)

    def wait_port(self, port, host=peers.HOST):
        for _ in range(300):
            if self.child.poll() is not None:
                sys.exit(f"it ended at start; its output:\n{open(self.log).read()[-2000:]}")
            with socket.socket() as s:
                if s.connect_ex((host, port)) == 0:
                    return
            time.sleep(0.1)
        sys.exit(f"port {port} did not open; its output:\n{open(self.log).read()[-2000:]}")

    def stop(self):
        for sig, patience in ((signal.SIGTERM, 8), (signal.SIGKILL, 5)):
            for pid, _ in list(self.stats()):
                try:
                    os.kill(pid, sig)
                except ProcessLookupError:
                    pass
            try:
                return self.child.wait(patience)
            except subprocess.TimeoutExpired:
                continue


def load_command(load, proxy, seconds, connections):
    plain, tls, rsa = (f"{s}://{peers.HOST}:{p}" for s, p in (("http", proxy.port), ("https", proxy.tls), ("https", proxy.rsa)))
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if load.startswith("get"):
        return wrk + [f"{plain}/{load[3:]}"]
    if load == "post1k":
        return wrk + ["-s", os.path.join(HERE, "post.lua"), f"{plain}/1k"]
    if load.startswith("tls"):
        return wrk + [f"{tls}/{load[3:]}"]
    if load == "h2":
        return ["h2load", "-t1", "-c16", "-m10", f"-D{seconds}", f"{tls}/1k"]
    return wrk + ["-H", "Connection: close", f"{tls if load == 'handshake_ec' else rsa}/1k"]


def microseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}[unit]


def read_result(text):
    """requests, median and 99th percentile in microseconds (h2load: mean and maximum), errors"""
    if "finished in" in text:
        done, failed = (int(re.search(r"(\d+) " + w, text)[1]) for w in ("succeeded", "failed"))
        times = re.search(r"time for request:\s+\S+\s+(\S+)\s+(\S+)", text)
        return done, microseconds(times[2]), microseconds(times[1]), failed
    done = int(re.search(r"(\d+) requests in", text)[1])
    errors = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", (re.search(r"Socket errors:.*", text) or [""])[0])))
    errors += int((re.search(r"Non-2xx or 3xx responses: (\d+)", text) or [0, 0])[1])
    return done, *(microseconds(re.search(rf"\n\s+{q}%\s+(\S+)", text)[1]) for q in (50, 99)), errors


def run_pinned(command, cpu):
    return subprocess.run(["taskset", "-c", cpu] + command, capture_output=True, text=True).stdout


def drive(load, proxy, seconds, a):
    return run_pinned(load_command(load, proxy, seconds, a.connections), a.load_cpu)


def warm_up(process, proxy, loads, a):
    if not process.compiles_while_running():
        for load in loads:
            drive(load, proxy, 2, a)
        return
    process.allow(f"{a.cpu},{a.load_cpu}")          # the background compiler must not starve
    for load in loads:
        drive(load, proxy, max(4, a.warm // len(loads)), a)
    process.allow(a.cpu)
    for load in loads:
        drive(load, proxy, 2, a)


def measure(load, proxy, process, a):
    drive(load, proxy, 1, a)
    before = process.cpu_seconds()
    text = drive(load, proxy, a.seconds, a)
    after = process.cpu_seconds()
    try:
        requests, p50, p99, errors = read_result(text)
    except (TypeError, AttributeError):
        return print(f"unreadable result of {load} on {proxy.name}:\n{text}", file=sys.stderr)
    user, system = (1e6 * (x - y) / max(1, requests) for x, y in zip(after, before))
    return dict(cpu=user + system, user=user, rps=requests / a.seconds, p50=p50, p99=p99, errors=errors, rss=process.resident_mib())


def print_tables(results, names, loads, a):
    middle = lambda load, name, key: statistics.median(r[key] for r in results[load, name])
    for load in loads:
        print(f"\n### {load}, profile {a.profile} ({a.rounds} rounds of {a.seconds} s)\n")
        print("| proxy | CPU µs/request | in user space | min..max | x the better peer | requests/s | p50 µs | p99 µs | RSS MiB | errors |\n|" + " --- |" * 10)
        peers_cpu = [middle(load, n, "cpu") for n in ("nginx", "haproxy") if results.get((load, n))]
        best = min(peers_cpu, default=None)
        for name in (n for n in names if results.get((load, n))):
            costs = [r["cpu"] for r in results[load, name]]
            ratio = middle(load, name, "cpu") / best if best else float("nan")
            m = lambda key: middle(load, name, key)
            print(f"| {name} | **{m('cpu'):.2f}** | {m('user'):.2f} | {min(costs):.2f}..{max(costs):.2f} | {ratio:.2f} | {m('rps'):.0f} | "
                  f"{m('p50'):.0f} | {m('p99'):.0f} | {m('rss'):.0f} | {sum(r['errors'] for r in results[load, name])} |")


def versions():
    """what was measured against what, for the record"""
    first = lambda command: (subprocess.run(command, capture_output=True, text=True, check=False).stdout
                             + subprocess.run(command, capture_output=True, text=True, check=False).stderr).splitlines()[0]
    print(f"{first(['nginx', '-v'])}; {first(['haproxy', '-v'])}; Linux {os.uname().release}; load average before: "
          + " ".join(f"{x:.1f}" for x in os.getloadavg()))


def main():
    a = arguments()
    versions()
    loads = LOADS if a.loads == "all" else a.loads.split(",")
    missing = [t for t in ("nginx", "haproxy", "wrk", "h2load", "openssl", "taskset") if not shutil.which(t)]
    if missing:
        sys.exit("missing: " + ", ".join(missing))
    folder = tempfile.mkdtemp(prefix="sluice-bench-")
    proxies = {p.name: p for p in peers.prepare(folder, a.profile, a.sluice)}
    upstream = Process(peers.upstream_command(folder), a.load_cpu, f"{folder}/upstream.log")
    running, results = {}, {}
    try:
        upstream.wait_port(peers.UPSTREAM)
        for name in a.names:
            running[name] = Process(proxies[name].command, a.cpu, f"{folder}/{name}.log")
            running[name].wait_port(proxies[name].port)
            warm_up(running[name], proxies[name], loads, a)
            print(f"# warm: {name}", file=sys.stderr, flush=True)
        for _ in range(a.rounds):
            for load in loads:
                for name in a.names:
                    if (figures := measure(load, proxies[name], running[name], a)) is not None:
                        results.setdefault((load, name), []).append(figures)
                        print(f"# {load} {name}: {figures['cpu']:.2f} µs/request", file=sys.stderr, flush=True)
    finally:
        for process in running.values():
            process.stop()
        upstream.stop()
    print_tables(results, a.names, loads, a)
    if a.json:
        json.dump({f"{load}/{name}": rows for (load, name), rows in results.items()}, open(a.json, "w"), indent=1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
