"""A face template with what is known about it beside its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.matching import Embedding, Space


class Origin(StrEnum):
    """ENROLMENT: from pictures taken for it, and so an anchor. ADAPTIVE: moved along by visits,
    near an anchor. RE_ENCODED: from kept pictures, by another model; an anchor as well."""

    ENROLMENT = "enrolment"
    ADAPTIVE = "adaptive"
    RE_ENCODED = "re-encoded"


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One to be stored. `tags`: how the face looked (words without spaces). `quality`: of its
    pictures, 0..1, None where it was not measured."""

    space: Space
    embedding: Embedding = field(repr=False)
    tags: frozenset[str] = frozenset()
    origin: Origin = Origin.ENROLMENT
    quality: float | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """One that is stored, without its numbers. `space`: its id. `created_s`: UTC seconds."""

    id: int
    person: str
    space: str
    origin: Origin
    tags: frozenset[str]
    quality: float | None
    created_s: float


class Fault(StrEnum):
    """Why a stored template is put aside. LENGTH: not as many numbers as its space has. NUMBERS:
    something in it that is no number, or nothing but zeros. ALTERED: not what was stored, or not
    this person's. SPACE: of no model pack that is known here."""

    LENGTH = "wrong-length"
    NUMBERS = "not-numbers"
    ALTERED = "altered"
    SPACE = "unknown-space"


@dataclass(frozen=True, slots=True)
class Aside:
    """A template that is put aside: it matches nobody, and its person is enrolled again."""

    template: int
    person: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Update:
    """One adaptive update. `undone_s`: when it was taken back, None where it was not."""

    id: int
    person: str
    space: str
    template: int
    anchor: int
    made_s: float
    undone_s: float | None
