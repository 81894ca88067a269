# Two stages: the first builds, the second holds the binary alone.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs samvad.toml rustfmt.toml clippy.toml ./
COPY src src
COPY benches benches
COPY tests tests
COPY data data
COPY flows flows
COPY locales locales
COPY broadcasts broadcasts
COPY polls polls
COPY migrations migrations
RUN cargo build --release --locked --bin samvad

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/samvad --create-home samvad
COPY --from=build /src/target/release/samvad /usr/local/bin/samvad
USER samvad
ENV SAMVAD_LISTEN=0.0.0.0:8080 \
    SAMVAD_DATA=/var/lib/samvad \
    SAMVAD_RELOAD=signal
VOLUME /var/lib/samvad
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["samvad", "serve"]
