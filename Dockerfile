# The image: one native executable, not root, a file system that can stay read-only.
#
#   docker build -t sluice .
#   docker run --read-only -p 80:8080 -p 443:8443 -p 15021:15021 -p 15090:15090 -v "$PWD/config:/etc/sluice/config:ro" sluice
#
# Gateway servers on port 80 are bound to 8080 (and 443 to 8443), so that no privilege is needed. To bind the low ports instead, run with
# --sysctl net.ipv4.ip_unprivileged_port_start=0 and an empty SLUICE_PORT_MAP.
FROM ubuntu:26.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 clang zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The native build of the README, word for word.
RUN dotnet publish src/Sluice -c Release -r linux-x64 -p:PublishAot=true -o out/native

FROM ubuntu:26.04
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libssl3t64 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 64080 --no-create-home --shell /usr/sbin/nologin sluice
COPY --from=build /src/out/native/sluice /usr/local/bin/sluice
COPY config /etc/sluice/config
USER 64080
WORKDIR /etc/sluice
ENV SLUICE_CONFIG=/etc/sluice/config \
    SLUICE_PORT_MAP=80=8080,443=8443
EXPOSE 8080 8443 15021 15090
ENTRYPOINT ["/usr/local/bin/sluice"]
CMD ["run"]
