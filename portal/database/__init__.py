"""Django's PostgreSQL backend, with an end to waiting for a server that does not answer any more."""
