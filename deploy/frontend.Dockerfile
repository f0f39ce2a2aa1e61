# syntax=docker/dockerfile:1
# Build from the repository's root: docker build --file deploy/frontend.Dockerfile .
# The exported dashboard behind nginx, which also passes /api on, so that the browser sees one origin.
# nginx and not Caddy: the unprivileged image runs without root, capabilities or a writable disk as it comes, while
# Caddy's program carries a file capability that `cap_drop: [ALL]` keeps from starting.

FROM node:22-bookworm-slim AS build
ENV NEXT_TELEMETRY_DISABLED=1 CI=1
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
COPY deploy/site_headers.mjs /build/deploy/
RUN npm run build \
    && npm run settle -- /build/site --api /api \
    && node /build/deploy/site_headers.mjs /build/site > /build/site_headers.conf

FROM nginxinc/nginx-unprivileged:1.28-alpine
COPY --from=build /build/site /srv/site
COPY --from=build /build/site_headers.conf /etc/nginx/site_headers.conf
COPY deploy/nginx.conf.template /etc/nginx/templates/nginx.conf.template
# The image's entry point fills the template in at start: the container's name servers, and what is named here.
ENV BACKEND=backend:8000 \
    LISTEN=3000 \
    SITE=/srv/site \
    SITE_HEADERS=/etc/nginx/site_headers.conf \
    SCRATCH=/tmp \
    NGINX_ENTRYPOINT_LOCAL_RESOLVERS=1 \
    NGINX_ENVSUBST_OUTPUT_DIR=/tmp
USER 101:101
EXPOSE 3000
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/healthz"]
CMD ["nginx", "-c", "/tmp/nginx.conf", "-g", "daemon off;"]
