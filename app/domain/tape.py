"""The evidence of one face session: all it was told, small and exact, to be judged again.

`replay` leads a new session through the same observations under the same policy. As a session
reads no clock, draws no number and judges only what `grid` let through, it ends as it ended
then, bit for bit. Numbers only; no picture can be made from them, but the movement of a person's
landmarks is about that person and is kept as carefully as a template.

    "FT", version ‖ zlib of: header's length, header (JSON), columns of looks, faces, landmarks

Columns are little-endian arrays with their bytes sorted by significance, landmarks as differences
from the face before, which is what makes them small.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from app.domain import session as sessions
from app.domain.columns import FLOATS, NEWEST, Damaged, pack, unpack
from app.domain.evidence import Echo
from app.domain.people import Need
from app.domain.policy import Policy
from app.domain.session import Challenging, Complete, Failed, Framing, Session, Told

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAGIC = b"FT" + bytes([NEWEST])
KNOWN = frozenset(bytes([version]) for version in FLOATS)
LARGEST_BYTES = 64 * 1024 * 1024
"""What a tape may unpack to: an hour of looks, and no more of somebody's memory."""

#: What a version's policy did not have yet, with what refuses nobody and changes nothing.
NOT_YET: dict[int, dict[str, dict[str, object]]] = {
    1: {
        "quality": {
            "min_eye_contrast": 0.0,
            "max_eye_shade": 1.0,
            "min_mouth_contrast": 0.0,
            "covered_patience_s": 0.0,
            "frontal_roll_deg": 180.0,
            "min_eye_openness": 0.0,
        },
        "liveness": {"crowded_looks": 0},
        "passive": {"glare": 256.0, "shaded": 0.0, "min_lit": 0.0},
    },
    2: {"passive": {"min_lit": 0.0}},
}


class End(StrEnum):
    """What ended the session: its last look, the passing of time, or something outside of it."""

    LOOK = "look"
    TIME = "time"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Tape:
    """`ended_s`: when, monotonic seconds. `verdict`: `summary` of the session as it ended then.

    `camera`: fingerprint of the camera, empty where unknown. `identified`: what the comparison
    of the faces found, empty where it did not come to that; it says whose face it was, which no
    tape can replay. `echo`: what the sessions before it were found to have in common with it, as
    they are remembered by the kiosk alone, and not for long.
    """

    nonce: bytes
    needs: frozenset[Need]
    started_s: float
    policy: Policy
    told: tuple[Told, ...]
    end: End
    ended_s: float
    verdict: str
    camera: str = ""
    identified: str = ""
    echo: Echo | None = None


def record(of: Session, end: End, ended_s: float, policy: Policy, camera: str = "") -> Tape:
    return Tape(
        nonce=of.nonce,
        needs=of.needs,
        started_s=of.started_s,
        policy=policy,
        told=of.told,
        end=end,
        ended_s=ended_s,
        verdict=summary(of),
        camera=camera,
        echo=of.echo,
    )


def replay(tape: Tape) -> Session:
    """The session once more."""
    policy = tape.policy
    begun = sessions.begin(tape.nonce, tape.needs, tape.started_s, policy.liveness)
    session = replace(begun, echo=tape.echo)
    for told in tape.told:
        session = sessions.look(session, told.seen, told.now_s, policy)
    if tape.end is End.TIME:
        session = sessions.tick(session, tape.ended_s, policy.liveness)
    return session


def summary(of: Session) -> str:
    """Everything a session decided, canonical JSON; numbers with every one of their bits."""
    stage = of.stage
    said: dict[str, object] = {"plan": list(of.plan), "looks": len(of.told)}
    match stage:
        case Framing(hint=hint):
            said |= {"stage": "framing", "hint": hint}
        case Challenging(index=index, met=met):
            said |= {"stage": "challenging", "step": index, "met": [each.frame for each in met]}
        case Complete():
            said |= {"stage": "complete", "met": list(stage.met_frames)}
            said |= {"match": list(stage.match_frames)}
            said |= {"partial": True} if stage.partial else {}  # first said by version 2
        case Failed():
            said |= {"stage": "failed", "reason": stage.reason, "layer": stage.layer}
    if isinstance(stage, Complete | Failed):
        said["verdicts"] = [
            [each.layer, each.finding, each.why, [[n, float(v).hex()] for n, v in each.measures]]
            for each in stage.verdicts
        ]
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


# -- as bytes


def encode(tape: Tape) -> bytes:
    """The same bytes for the same tape on one machine; `decode` gives it back."""
    header = {
        "nonce": tape.nonce.hex(),
        "needs": sorted(tape.needs),
        "started_s": tape.started_s,
        "policy": _document(tape.policy),
        "end": tape.end,
        "ended_s": tape.ended_s,
        "verdict": tape.verdict,
        "camera": tape.camera,
        "identified": tape.identified,
        "echo": None if tape.echo is None else [tape.echo.distance.hex(), tape.echo.visit],
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    body = struct.pack("<I", len(text)) + text + pack(tape.told)
    return MAGIC + zlib.compress(body, 9)


def decode(data: bytes) -> Tape:
    """Raises ValueError, with a sentence that says why, for anything `encode` did not make."""
    try:
        version, body = _unzipped(data)
        (length,) = struct.unpack_from("<I", body)
        header = json.loads(body[4 : 4 + length])
        return Tape(
            nonce=bytes.fromhex(header["nonce"]),
            needs=frozenset(Need(word) for word in header["needs"]),
            started_s=float(header["started_s"]),
            policy=_policy_of(header["policy"], NOT_YET.get(version, {})),
            told=unpack(body[4 + length :], version),
            end=End(header["end"]),
            ended_s=float(header["ended_s"]),
            verdict=str(header["verdict"]),
            camera=str(header["camera"]),
            identified=str(header["identified"]),
            echo=_echo_of(header["echo"]),
        )
    except Damaged:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise Damaged(f"it is no tape this program wrote ({error})") from error


def _echo_of(said: tuple[str, str] | None) -> Echo | None:
    return None if said is None else Echo(float.fromhex(said[0]), str(said[1]))


def _unzipped(data: bytes) -> tuple[int, bytes]:
    """(the version, what was packed)."""
    begin = data[: len(MAGIC)]
    if begin[:2] != MAGIC[:2] or begin[2:] not in KNOWN:
        raise Damaged("it does not begin as a tape does")
    opened = zlib.decompressobj()
    try:
        body = opened.decompress(data[len(MAGIC) :], LARGEST_BYTES)
    except zlib.error as error:
        raise Damaged("its bytes were altered") from error
    if not opened.eof or opened.unused_data:
        raise Damaged("it is cut short, or longer than it should be")
    return data[2], body


def _parts(policy: Policy) -> dict[str, DataclassInstance]:
    """What is a dataclass of numbers itself: nearly all a session goes by is among these."""
    named = {each.name: getattr(policy, each.name) for each in fields(policy)}
    return {
        name: part
        for name, part in named.items()
        if is_dataclass(part) and not isinstance(part, type)
    }


def _choices(policy: Policy) -> dict[str, Enum | str | bool]:
    """Words and switches that every policy has; one that may be left open is no session's."""
    named = {each.name: getattr(policy, each.name) for each in fields(policy)}
    fixed = {each.name for each in fields(policy) if isinstance(each.default, Enum | str | bool)}
    return {name: value for name, value in named.items() if name in fixed}


def _numbers(part: DataclassInstance) -> dict[str, object]:
    return {each.name: getattr(part, each.name) for each in fields(part)}


def _document(policy: Policy) -> dict[str, object]:
    """The policy as JSON can hold it; what no session depends on is left out."""
    parts = {name: _numbers(part) for name, part in _parts(policy).items()}
    return {"parts": parts, "choices": _choices(policy)}


def _policy_of(
    document: dict[str, dict[str, object]], not_yet: dict[str, dict[str, object]]
) -> Policy:
    """The policy again, where this program's has the same numbers and choices."""
    standard = Policy()
    parts, choices = _parts(standard), _choices(standard)
    stored = {
        name: {**not_yet.get(name, {}), **_named(raw)} for name, raw in document["parts"].items()
    }
    wanted = {name: set(_numbers(part)) for name, part in parts.items()}
    if {name: set(raw) for name, raw in stored.items()} != wanted or set(choices) != set(
        document["choices"]
    ):
        raise Damaged("it was recorded by another version of Foyer, whose policy had other numbers")
    changed: dict[str, object] = {
        name: type(value)(document["choices"][name]) for name, value in choices.items()
    }
    changed |= {name: replace(part, **stored[name]) for name, part in parts.items()}
    return Policy(
        **{**{each.name: getattr(standard, each.name) for each in fields(standard)}, **changed}
    )


def _named(raw: object) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise Damaged("its policy is none")
    return raw
