"""Where the request being served came from, for whoever writes down what it does."""

from contextvars import ContextVar

# None outside a request: a command, a background job.
address: ContextVar[str | None] = ContextVar("address", default=None)
