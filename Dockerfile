# Build and run Peios on any machine with a container engine:
#   docker build -t peios . && docker run -it --rm peios ./build.sh tour
# The package list is scripts/packages.txt; a test holds the two together.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS dotnet

FROM debian:bookworm
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        build-essential \
        busybox-static \
        ca-certificates \
        clang \
        clang-format \
        cpio \
        e2fsprogs \
        fakeroot \
        git \
        kmod \
        libclang-rt-dev \
        libelf-dev \
        libsqlite3-dev \
        linux-headers-cloud-amd64 \
        qemu-system-x86 \
        qemu-utils \
        zlib1g-dev
COPY --from=dotnet /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
COPY . /peios
WORKDIR /peios
CMD ["./build.sh", "run"]
