# syntax=docker/dockerfile:1
# Two stages: the first has what installing needs, the second only what running needs.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/run.lock /tmp/run.lock
RUN /opt/venv/bin/python -m pip install --require-hashes -r /tmp/run.lock \
    && /opt/venv/bin/python -m compileall -q /opt/venv/lib

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin imagen \
    && install -d -o imagen -g imagen -m 0700 /app/data
COPY --from=build /opt/venv /opt/venv
COPY bot /app/bot
COPY cogs /app/cogs
WORKDIR /app
# The user made above, by number, so that a host can check that it is not root.
USER 10001
VOLUME /app/data
# The bot touches this file every 15 s, behind a write that its database confirmed.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["sh", "-c", "test $(($(date +%s) - $(stat -c %Y /app/data/alive))) -lt 90"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
