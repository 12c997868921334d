#!/usr/bin/env python3
"""Writes a large configuration, the same one for the same arguments.

    ./generate.py FOLDER [--virtual-services 5000] [--routes 4] [--services 5000] [--endpoints 20000] [--files few|many]

One Gateway for every host; VirtualServices `vs-N` for the host `vs-N.example.com` with routes from the more to the less
particular; Services `svc-N` in the namespaces `team-0` to `team-9`, whose endpoints are shared out evenly in EndpointSlices.
Every tenth VirtualService splits its traffic, every fourth asks for a header. FOLDER must be new or empty.
"""
import argparse
import ipaddress
import itertools
import pathlib
import sys

GATEWAY = """\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: edge
  namespace: istio-system
spec:
  selector:
    istio: ingressgateway
  servers:
  - port:
      number: 80
      name: http
      protocol: HTTP
    hosts:
    - "*"
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--virtual-services", type=int, default=5000)
    parser.add_argument("--routes", type=int, default=4, help="routes of each VirtualService")
    parser.add_argument("--services", type=int, default=5000)
    parser.add_argument("--endpoints", type=int, default=20000, help="of all services together")
    parser.add_argument("--files", choices=["few", "many"], default="few",
                        help="few: one file a kind; many: one file an object, in sub-folders of 500")
    parser.add_argument("--upstream", metavar="ADDRESS:PORT",
                        help="where every endpoint is, for traffic; else each has an address of its own")
    return parser.parse_args()


def namespace(service):
    return f"team-{service % 10}"


def host(service):
    return f"svc-{service}.{namespace(service)}.svc.cluster.local"


def virtual_service(number, routes, services):
    lines = ["apiVersion: networking.istio.io/v1", "kind: VirtualService", "metadata:", f"  name: vs-{number}",
             "spec:", "  hosts:", f"  - vs-{number}.example.com", "  gateways:", "  - istio-system/edge", "  http:"]
    for route in range(routes):
        lines.append(f"  - name: route-{route}")
        if route < routes - 1:
            lines += ["    match:", "    - uri:", f"        {'exact' if route % 3 == 1 else 'prefix'}: /api/v{route}"]
            if number % 4 == 0 and route == 0:
                lines += ["      headers:", "        x-tester:", "          exact: \"yes\""]
        first, second = (number + route) % services, (number + route + 1) % services
        lines += ["    route:", "    - destination:", f"        host: {host(first)}"]
        if number % 10 == 0 and first != second:
            lines += ["      weight: 90", "    - destination:", f"        host: {host(second)}", "      weight: 10"]
    return "\n".join(lines) + "\n"


def service(number):
    return (f"apiVersion: v1\nkind: Service\nmetadata:\n  name: svc-{number}\n  namespace: {namespace(number)}\n"
            "spec:\n  ports:\n  - name: http\n    port: 80\n    targetPort: 8080\n")


def endpoint_slice(number, first, count, upstream):
    address, port = upstream.rsplit(":", 1) if upstream else (None, "8080")
    lines = ["apiVersion: discovery.k8s.io/v1", "kind: EndpointSlice", "metadata:", f"  name: svc-{number}-0",
             f"  namespace: {namespace(number)}", "  labels:", f"    kubernetes.io/service-name: svc-{number}",
             "addressType: IPv4", "ports:", "- name: http", f"  port: {port}", "endpoints:"]
    for offset in range(count):
        at = address or ipaddress.IPv4Address("10.0.0.1") + first + offset
        lines += ["- addresses:", f"  - {at}"]
    return "\n".join(lines) + "\n"


def objects(args):
    """Yields (kind, name, document)."""
    yield "gateways", "edge", GATEWAY
    for number in range(args.services):
        yield "services", f"svc-{number}", service(number)
    first = 0
    for number in range(args.services):
        count = args.endpoints // args.services + (number < args.endpoints % args.services)
        if count:
            yield "endpoints", f"svc-{number}", endpoint_slice(number, first, count, args.upstream)
        first += count
    for number in range(args.virtual_services):
        yield "virtual-services", f"vs-{number}", virtual_service(number, args.routes, args.services)


def write(args):
    for kind, group in itertools.groupby(objects(args), key=lambda o: o[0]):
        if args.files == "few":
            with open(args.folder / f"{kind}.yaml", "w", encoding="utf-8") as out:
                out.write("---\n".join(document for _, _, document in group))
            continue
        for index, (_, name, document) in enumerate(group):
            folder = args.folder / kind / f"{index // 500:03}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.yaml").write_text(document, encoding="utf-8")


def main():
    args = arguments()
    if min(args.services, args.routes) < 1 or min(args.virtual_services, args.endpoints) < 0:
        sys.exit("there must be a service and a route, and nothing can be negative")
    args.folder.mkdir(parents=True, exist_ok=True)
    if any(args.folder.iterdir()):
        sys.exit(f"{args.folder} is not empty")
    write(args)


if __name__ == "__main__":
    main()
