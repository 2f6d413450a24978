"""Logs as one JSON object a line, with request, user and community ids and no personal data."""

import json
import logging

import psycopg
from django.db import InterfaceError, OperationalError

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
            problem = record.exc_info[1]
            if _is_away(problem):
                entry["problem"] = str(problem).partition("\n")[0]
            else:
                entry["traceback"] = self._traceback(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)

    def _traceback(self, exc_info) -> str:
        """The traceback; what the database says in it is named by code and place, for it repeats people's data."""
        text, problem = self.formatException(exc_info), exc_info[1]
        while problem is not None:
            if isinstance(problem, psycopg.Error) and str(problem):
                told = problem.diag
                place = filter(None, (told.table_name, told.column_name, told.constraint_name))
                text = text.replace(str(problem), f"SQLSTATE {problem.sqlstate} {' '.join(place)}".rstrip())
            problem = problem.__cause__ or problem.__context__
        return text


def _is_away(problem: BaseException) -> bool:
    """Whether the database could not be reached: every request says so then, wherever in the code it noticed."""
    code = getattr(problem.__cause__, "sqlstate", None) or "08"
    return isinstance(problem, OperationalError | InterfaceError) and code.startswith(("08", "57P"))


class NotAboutHealth(logging.Filter):
    """Drop what is logged about requests for the state of the portal."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return not (request and request.path.startswith(HEALTH_PATH))
