"""What is made of pictures at an enrolment: embeddings, reasons against them, and doubts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from app.domain import matching
from app.domain.matching import Embedding, MatchPolicy, Snapshot, Space, Unmatched
from app.domain.people import Person
from app.domain.policy import QualityPolicy
from app.domain.reasons import Reason
from app.errors import ImageError
from app.ports import FaceEngine, Frame
from app.vision import images
from app.vision.stills import best_face

#: What is wrong with a photograph, and what to do about it.
SAID: dict[Reason, str] = {
    Reason.NO_FACE: "No face was found. Give a picture of the face from the front, in good light.",
    Reason.SEVERAL_FACES: "Several faces are about as large. Cut the picture to one person.",
    Reason.TOO_FAR: "The face is too small. Take it from nearer, or give a larger picture.",
    Reason.TOO_NEAR: "The face is too near. Take it from further away.",
    Reason.TOO_DARK: "The face is too dark. Put more light on it, from the front.",
    Reason.TOO_BRIGHT: "The face is too bright. Take it with less light.",
    Reason.BLURRED: "The face is blurred. Hold still and focus on it.",
    Reason.CUT_OFF: "The face is cut off. Take the whole head, with room around it.",
    Reason.LOOK_STRAIGHT: "The face is turned away. Look straight at the camera.",
}
ANOTHER = "another-person"
UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture looked at. `embedding` None: not usable, for the `reason` (a stable word)."""

    name: str
    embedding: Embedding | None = field(repr=False)
    reason: str = ""
    said: str = ""

    @property
    def usable(self) -> bool:
        return self.embedding is not None


def photograph(engine: FaceEngine, path: Path, policy: QualityPolicy) -> Picture:
    """The face in a file, or what speaks against it; raises no ImageError."""
    name = str(path)
    try:
        frame = Frame(1, 0.0, images.read(path))
    except ImageError as fault:
        return Picture(name, None, fault.code, str(fault))
    face = best_face(engine, frame, policy)
    if isinstance(face, Reason):
        return Picture(name, None, face.value, SAID.get(face, face.value))
    return embedded(engine, name, engine.embed(engine.align(frame, face)))


def embedded(engine: FaceEngine, name: str, embedding: Embedding) -> Picture:
    if matching.is_usable(embedding, engine.space):
        return Picture(name, embedding)
    return Picture(name, None, UNUSABLE, "The face could not be measured. Take another picture.")


def of_one_person(
    pictures: Sequence[Picture], space: Space, policy: MatchPolicy
) -> tuple[Picture, ...]:
    """The pictures, those refused that do not show the same face as the others together.

    Of two that disagree nobody can say which is right, so both are refused.
    """
    limit = matching.threshold_at(space, policy.agreement_fmr)
    usable = [each.embedding for each in pictures if each.embedding is not None]

    def judged(picture: Picture) -> Picture:
        others = [each for each in usable if each is not picture.embedding]
        if picture.embedding is None or not others:
            return picture
        if matching.spread([picture.embedding], matching.fuse(others), space.metric) <= limit:
            return picture
        said = "It does not show the same face as the others. Enrol each person's pictures alone."
        return replace(picture, embedding=None, reason=ANOTHER, said=said)

    return tuple(judged(each) for each in pictures)


def doubts(
    found: Sequence[Embedding], person: Person, snapshot: Snapshot, policy: MatchPolicy
) -> tuple[str, ...]:
    """Sentences for the operator; none when the face is like nobody else's and like their own."""
    return (
        *_like_others(found, person, snapshot, policy),
        *_unlike(found[0], person, snapshot, policy),
    )


def _like_others(
    found: Sequence[Embedding], person: Person, snapshot: Snapshot, policy: MatchPolicy
) -> Iterator[str]:
    """Whoever else the kiosk might take this face for."""
    others = without(snapshot, person.id)
    if all(isinstance(matching.identify(each, others, policy), Unmatched) for each in found):
        return
    limit = matching.identification_threshold(others.space, len(others.owners), policy)
    for index, rival in enumerate(others.ids):
        rows = others.templates[others.owners == index]
        nearest = min(
            float(matching.distances(each, rows, others.space.metric).min()) for each in found
        )
        if nearest < limit:
            who = others.people[rival]
            yield f"It looks like {who.name} ({who.number or who.id}), who is here already."


def _unlike(
    template: Embedding, person: Person, snapshot: Snapshot, policy: MatchPolicy
) -> Iterator[str]:
    has_face = person.id in snapshot.ids
    if has_face and isinstance(matching.verify(template, person.id, snapshot, policy), Unmatched):
        yield f"It does not look like the face of {person.name} that is stored already."


def without(snapshot: Snapshot, person_id: str) -> Snapshot:
    """The gallery as if one person had no templates."""
    if person_id not in snapshot.ids:
        return snapshot
    mine = snapshot.owners == snapshot.ids.index(person_id)
    rest = [
        (snapshot.ids[int(owner)], row)
        for owner, row in zip(snapshot.owners[~mine], snapshot.templates[~mine], strict=True)
    ]
    return matching.snapshot_of(
        snapshot.version,
        snapshot.space,
        snapshot.people,
        [(owner, np.asarray(row, dtype=np.float32)) for owner, row in rest],
    )
