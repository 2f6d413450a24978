"""Logging as one JSON object per line, with ids of request, user and community and without personal data."""

import json
import logging

import psycopg
from django.db import InterfaceError, OperationalError

HEALTH_PATH = "/healthz/"


class JSONFormatter(logging.Formatter):
    """Formatter: level, logger, message, ids of the request if known, and the traceback of an error."""

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
            problem = record.exc_info[1]
            if _is_unreachable(problem):
                entry["problem"] = str(problem).partition("\n")[0]
            else:
                entry["traceback"] = self._traceback(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)

    def _traceback(self, exc_info) -> str:
        """Traceback in which database messages, which repeat personal data, are replaced by SQLSTATE and place."""
        text, problem = self.formatException(exc_info), exc_info[1]
        while problem is not None:
            if isinstance(problem, psycopg.Error) and str(problem):
                diagnosis = problem.diag
                place = filter(None, (diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name))
                text = text.replace(str(problem), f"SQLSTATE {problem.sqlstate} {' '.join(place)}".rstrip())
            problem = problem.__cause__ or problem.__context__
        return text


def _is_unreachable(problem: BaseException) -> bool:
    """Whether the database was unreachable: then every request fails, so one line without traceback is enough."""
    code = getattr(problem.__cause__, "sqlstate", None) or "08"
    return isinstance(problem, OperationalError | InterfaceError) and code.startswith(("08", "57P"))


class ExcludeHealthChecks(logging.Filter):
    """Filter that drops log records of health check requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return not (request and request.path.startswith(HEALTH_PATH))
