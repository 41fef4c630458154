"""Languages: English from the sources, others from Qt's own translation files.

The `.ts` files are read as they are, so that what a translator edits is what the kiosk says.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt, QTranslator

from app.resources import resource

SOURCE_LANGUAGE = "en"
SOURCE_NAME = "English"


class TsTranslator(QTranslator):
    """Answers from one `.ts` file. What is not finished there stays English."""

    def __init__(self, messages: Mapping[tuple[str, str], str], parent: QObject) -> None:
        super().__init__(parent)
        self._messages = messages

    def isEmpty(self) -> bool:
        return not self._messages

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's name
        disambiguation: str | bytes | None = None,  # noqa: ARG002 - Qt's signature
        n: int = -1,  # noqa: ARG002 - Qt's signature
    ) -> str | None:
        # None, not "": Qt takes an empty text for a translation and would show nothing.
        return self._messages.get((context, sourceText))


def read_ts(path: Path) -> dict[tuple[str, str], str]:
    """(context, English) to translation, finished messages only. Our own files: trusted XML."""
    messages: dict[tuple[str, str], str] = {}
    for context in ET.parse(path).getroot().iter("context"):  # noqa: S314 - our own file
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") or not translation.text:
                continue
            messages[(name, message.findtext("source") or "")] = translation.text
    return messages


def available() -> dict[str, str]:
    """Language code to its name in itself, English first; only languages that are here."""
    names = {SOURCE_LANGUAGE: SOURCE_NAME}
    for path in sorted(resource("resources/locale").glob("foyer_*.ts")):
        name = read_ts(path).get(("foyer", SOURCE_NAME))
        if name:
            names[path.stem.removeprefix("foyer_")] = name
    return names


class Languages:
    """Switches the application's language. Lives on the GUI thread."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._translator: TsTranslator | None = None
        self.names = available()
        self.code = SOURCE_LANGUAGE

    def use(self, code: str) -> None:
        """From now on `ui.text` answers in this language; an unknown one is English."""
        self.drop()
        if code in self.names and code != SOURCE_LANGUAGE:
            path = resource(f"resources/locale/foyer_{code}.ts")
            self._translator = TsTranslator(read_ts(path), self._owner)
            QCoreApplication.installTranslator(self._translator)
            self.code = code

    def drop(self) -> None:
        """Back to English."""
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
        self.code = SOURCE_LANGUAGE

    def direction(self) -> Qt.LayoutDirection:
        return QLocale(self.code).textDirection()
