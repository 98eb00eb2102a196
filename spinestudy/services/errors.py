"""What can go wrong with the embedded servers, each as one clear sentence."""


class ServiceError(RuntimeError):
    """A server can't be started; the message says why and what to do."""
