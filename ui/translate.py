"""Qt's translation, typed: mark a text where it stands, translate it where it is said."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "foyer"


def QT_TRANSLATE_NOOP(_context: str, source: str) -> str:
    """Nothing but a mark that `pyside6-lupdate` finds; Qt's own is typed as `object`."""
    return source


def translated(source: str) -> str:
    """A marked text in the language that is on."""
    return QCoreApplication.translate(CONTEXT, source)
