# The site without PyTorch: pages, API, live events, imports.
FROM node:24-bookworm-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
RUN npm run build

FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=spinestudy.settings.production \
    SPINESTUDY_STATE_DIR=/var/lib/spinestudy SPINESTUDY_STATIC_ROOT=/srv/static
RUN useradd --system --create-home --home-dir /var/lib/spinestudy spinestudy
WORKDIR /srv/spinestudy
COPY pyproject.toml requirements.lock ./
COPY docker/install.py docker/install.py
RUN python docker/install.py base
COPY manage.py README.md LICENSE ./
COPY spinestudy spinestudy
COPY inference inference
COPY annotations annotations
COPY --from=frontend /src/build/frontend build/frontend
RUN DATABASE_URL=postgresql:///none BROKER_URL=memory:// SECRET_KEY=build ALLOWED_HOSTS=none \
    python manage.py collectstatic --noinput
USER spinestudy
EXPOSE 8000
CMD ["uvicorn", "spinestudy.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--timeout-graceful-shutdown", "2", "--no-access-log"]
