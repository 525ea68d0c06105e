# docker build --pull --tag hookcast .
# docker run --init --read-only --tmpfs /tmp --volume hookcast:/data --publish 4000:4000 --env-file .env hookcast
# docker run --rm hookcast demo
#
# --init: the kernel hides signals from process 1 until it asks for them, which a gateway does once it has started.

# Node 24.7 or newer: --pull fetches these tags anew, of which an older copy may lie on your machine. On an older Node the
# gateway refuses to start.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json schema.graphql LICENSE ./
COPY .ci ./.ci
COPY src ./src
COPY console ./console
RUN npm run build
# Whoever mounts a volume here gets its owner too.
RUN mkdir /data

# Node and what it needs: no shell, no package manager.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
LABEL org.opencontainers.image.title="hookcast" \
      org.opencontainers.image.description="Verified webhooks in, durable typed events and resumable GraphQL subscriptions out" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATABASE_URL=sqlite:/data/hookcast.db
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json schema.graphql ./
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
# Not /readyz: a log that is away for a moment is no reason to restart a gateway and send its subscribers off.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/nodejs/bin/node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/cli.js"]
CMD ["serve"]
