# A worker with PyTorch. Build with EXTRA=gpu for the CUDA build.
FROM python:3.13-slim-bookworm
ARG EXTRA=worker
ENV PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=spinestudy.settings.production OMP_NUM_THREADS=1 \
    SPINESTUDY_STATE_DIR=/var/lib/spinestudy
RUN useradd --system --create-home --home-dir /var/lib/spinestudy spinestudy
WORKDIR /srv/spinestudy
COPY pyproject.toml requirements.lock ./
COPY docker/install.py docker/install.py
RUN python docker/install.py base $EXTRA
COPY manage.py README.md LICENSE ./
COPY spinestudy spinestudy
COPY inference inference
COPY annotations annotations
USER spinestudy
CMD ["celery", "-A", "spinestudy.celery", "worker", "-Q", "inference", "-P", "prefork", "-c", "1"]
