"""A person in a JSON document, as every command that shows one has it."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.people import Person


def document(person: Person, templates: int) -> dict[str, object]:
    """A person as JSON; times are ISO 8601 in UTC."""
    return {
        "id": person.id,
        "number": person.number,
        "name": person.name,
        "kind": person.kind.value,
        "status": person.status.value,
        "from": _iso(person.valid_from_s),
        "until": _iso(person.valid_until_s),
        "needs": sorted(person.needs),
        "version": person.version,
        "templates": templates,
    }


def _iso(utc_s: float | None) -> str | None:
    return None if utc_s is None else datetime.fromtimestamp(utc_s, UTC).isoformat()
