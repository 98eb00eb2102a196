"""One machine, loopback only: `make demo` and management commands in a checkout."""

from spinestudy.services.secret import local_secret_key
from spinestudy.settings.base import *  # noqa: F403
from spinestudy.settings.base import SECRET_KEY, STATE_DIR

SECRET_KEY = SECRET_KEY or local_secret_key(STATE_DIR)

# Browsers allow passkeys on http://localhost; elsewhere they ask for TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
