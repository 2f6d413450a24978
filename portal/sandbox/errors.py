"""Errors of opening an uploaded file. The text of each is the sentence to show."""

from typing import Self


class UploadRefused(Exception):
    """An uploaded file is refused. Its code crosses the border between the child process and the portal."""

    code = "refused"

    @classmethod
    def of_code(cls, code: str, sentence: str) -> Self:
        """The error of this class or a subclass with that code; of this class if there is none."""
        kinds = (kind for kind in cls.__subclasses__() if kind.code == code)
        return next(kinds, cls)(sentence)


class Busy(Exception):
    """No slot for another child process became free in time."""
