# syntax=docker/dockerfile:1
# Build from the repository's root: docker build --file deploy/backend.Dockerfile .
# The same image is API, worker, migration and sandbox; only the command differs.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
# The dependencies change less often than the code: they have a layer of their own.
COPY backend/requirements.lock backend/
COPY deploy/requirements_for.py deploy/
RUN python deploy/requirements_for.py backend/requirements.lock runtime > runtime.txt \
    && python deploy/requirements_for.py backend/requirements.lock hatchling > build.txt \
    && python -m venv /opt/firmograph \
    && /opt/firmograph/bin/pip install --require-hashes --no-deps --only-binary :all: --requirement runtime.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --no-deps --only-binary :all: --requirement build.txt
COPY LICENSE ./
COPY examples/companies.csv examples/
COPY backend/pyproject.toml backend/hatch_build.py backend/
COPY backend/migrations backend/migrations
COPY backend/src backend/src
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels ./backend \
    && /opt/firmograph/bin/pip install --no-deps --no-index wheels/*.whl \
    && /opt/firmograph/bin/pip check \
    && /opt/firmograph/bin/firmograph version \
    && /opt/firmograph/bin/pip uninstall --yes pip

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 firmograph \
    && useradd --uid 10001 --gid firmograph --home-dir /data --shell /usr/sbin/nologin --no-log-init firmograph \
    && install --directory --owner firmograph --group firmograph --mode 0750 /data
COPY --from=build /opt/firmograph /opt/firmograph
COPY --from=build /build/LICENSE /opt/firmograph/LICENSE
# Temporary files belong on the disk of /data: an upload may be larger than a tmpfs.
ENV PATH=/opt/firmograph/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    FIRMOGRAPH_DATA_DIR=/data \
    TMPDIR=/data
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Of the API. Other commands have no server to ask: compose.yaml gives each its own check.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["firmograph", "serve", "--host", "0.0.0.0", "--port", "8000"]
