"""What is made of pictures at an enrolment: embeddings, reasons against them, and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain import enrolment, matching
from app.domain.matching import Embedding, MatchPolicy, Snapshot, Space
from app.domain.people import Person
from app.domain.policy import QualityPolicy
from app.domain.reasons import Reason
from app.errors import ImageError
from app.ports import FaceEngine, Frame
from app.vision import images
from app.vision.stills import best_face

if TYPE_CHECKING:
    from app.settings import Settings
    from app.vision.together import Together

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
    Reason.TILTED: "The head is tilted. Hold it upright, or turn the picture.",
    Reason.EYES_COVERED: "The eyes are covered. Take off dark glasses, or brush back the hair.",
    Reason.MOUTH_COVERED: "Nose or mouth are covered. Take off the mask, and keep hands away.",
    Reason.EYES_CLOSED: "The eyes are closed. Look at the camera with open eyes.",
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


def enrolling_engine(settings: Settings) -> Together:
    """The pack that decides, and with it those in whose spaces a new face is stored too."""
    from app.runtime import bootstrap  # noqa: PLC0415 - models load only where faces are looked at
    from app.vision.together import Together  # noqa: PLC0415

    others = bootstrap.other_engines(settings)
    beside = [each for each in (others.legacy, others.shadow) if each is not None]
    return Together(bootstrap.face_engine(settings), beside)


def photograph(engine: FaceEngine, path: Path, policy: QualityPolicy) -> Picture:
    """The face in a file, or what speaks against it; raises no ImageError."""
    name = images.named(path)
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
    """The pictures, those refused that do not show the person most of them show."""
    usable = [each for each in pictures if each.embedding is not None]
    found = [each.embedding for each in usable if each.embedding is not None]
    odd = {usable[place].name for place in enrolment.strangers(found, space, policy)}
    said = "It does not show the same face as the others. Enrol each person's pictures alone."
    return tuple(
        replace(each, embedding=None, reason=ANOTHER, said=said)
        if each.usable and each.name in odd
        else each
        for each in pictures
    )


def doubts(
    found: Sequence[Embedding], person: Person, snapshot: Snapshot, policy: MatchPolicy
) -> tuple[str, ...]:
    """Sentences for the operator; none when the face is like nobody else's and like their own."""
    rivals = [
        snapshot.people[each] for each in enrolment.lookalikes(found, person.id, snapshot, policy)
    ]
    said = [
        f"It looks like {each.name} ({each.number or each.id}), who is here already."
        for each in rivals
    ]
    if enrolment.strangers_to(person.id, found, snapshot, policy):
        said.append(f"It does not look like the face of {person.name} that is stored already.")
    return tuple(said)
