"""Logs as one JSON object a line, with request, user and community ids and no personal data."""

import json
import logging

HEALTH_PATH = "/healthz/"


class JSONFormatter(logging.Formatter):
    """Level, logger, message, ids of the request when known, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        request = getattr(record, "request", None)
        if request is not None:
            entry["request"] = getattr(request, "id", "")
            access = getattr(request, "access", None)
            entry["user"] = getattr(access.user, "pk", None) if access else None
            community = getattr(request, "community", None)
            entry["community"] = community.id if community else None
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class NotAboutHealth(logging.Filter):
    """Drop what is logged about requests for the state of the portal."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return not (request and request.path.startswith(HEALTH_PATH))
