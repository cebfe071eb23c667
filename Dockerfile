# Build and run Peios on any machine with a container engine:
#   docker build -t peios . && docker run -it --rm peios ./build.sh tour
# What is installed is what `build.sh deps` installs: scripts/packages.txt and the .NET SDK.
FROM debian:bookworm
WORKDIR /peios
COPY build.sh ./
COPY scripts scripts
RUN CI=true ./build.sh deps
COPY . .
CMD ["./build.sh", "run"]
