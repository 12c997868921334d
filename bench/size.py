#!/usr/bin/env python3
"""Does a request cost more where the configuration is larger?

    ./size.py [--sluice out/sluice] [--rounds 5] [--what hosts,endpoints]

One gateway for each number of virtual hosts, and one for each number of endpoints of a service, all with the same small GET; requests go around
over all hosts. Pinned, interleaved and counted as in bench.py, which says what it needs. Prints CPU µs a request and its ratio to the
smallest; exit 1 when one is more than 10 % away from it.
"""
import argparse, os, shutil, statistics, sys, tempfile
import bench, peers

SIZES = {"hosts": [10, 1000, 100_000], "endpoints": [1, 1000]}
WITHIN = 0.10
HOSTS_OF_AN_OBJECT = 100
ROUND_TRIP = """local i = 0
request = function()
  i = (i * 7919 + 1) %% %d
  return wrk.format(nil, nil, {Host = "host" .. i .. ".test"})
end
"""


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sluice", default="out/sluice")
    p.add_argument("--what", default="hosts,endpoints")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--warm", type=int, default=20)
    p.add_argument("--connections", type=int, default=64)
    p.add_argument("--cpu", default="0")
    p.add_argument("--load-cpu", default="1")
    return p.parse_args()


def address(number):
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


def configuration(folder, port, hosts, endpoints):
    objects = [f"""apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {{name: edge}}
spec:
  selector: {{istio: ingressgateway}}
  servers: [{{port: {{number: {port}, name: http, protocol: HTTP}}, hosts: ["*"]}}]
""", peers.service_entry([address(i) for i in range(endpoints)])] + [f"""apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: hosts{first}}}
spec:
  hosts: [{", ".join(f"host{h}.test" for h in range(first, min(hosts, first + HOSTS_OF_AN_OBJECT)))}]
  gateways: [edge]
  http: [{{{peers.DESTINATION}}}]
""" for first in range(0, hosts, HOSTS_OF_AN_OBJECT)]
    peers.write(f"{folder}/config/edge.yaml", "---\n".join(objects))
    peers.write(f"{folder}/mesh.yaml", "accessLogFile: ''\n")
    return peers.write(f"{folder}/hosts.lua", ROUND_TRIP % hosts)


def start(a, folder, number, hosts, endpoints):
    folder, port = f"{folder}/{number}", 9750 + 10 * number
    script = configuration(folder, port, hosts, endpoints)
    command = (f"{a.sluice} run --config {folder}/config --mesh-config {folder}/mesh.yaml --bind {peers.HOST} --admin off"
               f" --status {peers.HOST}:{port + 1} --metrics {peers.HOST}:{port + 2}")
    process = bench.Process(command, a.cpu, f"{folder}/log")
    process.allow(f"{a.cpu},{a.load_cpu}")
    process.wait_port(port)
    proxy = peers.Proxy(f"{hosts} hosts, {endpoints} endpoints", port, 0, 0, command)
    # The load's command is that of a GET, with the hosts' turn.
    return process, proxy, ["-s", script]


def measure(a, process, proxy, script, seconds):
    command = bench.load_command("get1k", proxy, seconds, a.connections)
    before = process.cpu_seconds()
    text = bench.run_pinned(command[:-1] + script + command[-1:], a.load_cpu)
    after = process.cpu_seconds()
    requests, _, _, errors = bench.read_result(text)
    if errors:
        sys.exit(f"{errors} errors with {proxy.name}")
    user, system = (1e6 * (y - x) / requests for x, y in zip(before, after))
    return user + system, user


def main():
    a = arguments()
    bench.versions()
    folder = tempfile.mkdtemp(prefix="sluice-size-")
    most = max(SIZES["endpoints"])
    upstream = bench.Process(peers.upstream_command(folder, [address(i) for i in range(most)]), a.load_cpu, f"{folder}/upstream.log")
    missed = False
    try:
        upstream.wait_port(peers.UPSTREAM, address(0))
        for what in a.what.split(","):
            running = []
            try:
                for number, size in enumerate(SIZES[what]):
                    running.append(start(a, folder, number, size if what == "hosts" else 1, size if what == "endpoints" else 1))
                    measure(a, *running[-1], a.warm)
                    running[-1][0].allow(a.cpu)
                costs = [[] for _ in running]
                for _ in range(a.rounds):
                    for gateway, cost in zip(running, costs):
                        cost.append(measure(a, *gateway, a.seconds))
            finally:
                for process, _, _ in running:
                    process.stop()
            middle = lambda cost, part: statistics.median(c[part] for c in cost)
            for (_, proxy, _), cost in zip(running, costs):
                ratio = middle(cost, 0) / middle(costs[0], 0)
                missed |= abs(ratio - 1) > WITHIN
                print(f"{proxy.name}: {middle(cost, 0):.2f} µs, {middle(cost, 1):.2f} of them in user space"
                      f" ({min(cost)[0]:.2f}..{max(cost)[0]:.2f}), {ratio:.2f} x", flush=True)
    finally:
        upstream.stop()
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(missed)


if __name__ == "__main__":
    main()
