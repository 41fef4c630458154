"""Evidence of a face session: small, exact, and judged again to the very same verdict."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import columns
from app.domain import tape as tapes
from app.domain.grid import on_grid
from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Box, Colour, Face, Observation, Pose, Quality, Relief
from app.domain.people import Need
from app.domain.policy import Policy, QualityPolicy
from app.domain.session import Complete, Failed, Session, begin, look, tick
from app.domain.tape import MAGIC, End, Tape, decode, encode, record, replay, summary
from tests.domain.sitting import NONCES, POLICY, perform
from tests.fakes.faces import Actor, Habits, Twist, blurs, joined, leaves, swaps

numbers = st.floats()
shares = st.floats(0.0, 1.0)
colours = st.builds(Colour, numbers, numbers, numbers)
points = st.tuples(numbers, numbers)
faces = st.builds(
    Face,
    track=st.integers(0, 3),
    box=st.builds(Box, numbers, numbers, numbers, numbers) | st.just(Box(220, 120, 200, 200)),
    landmarks=st.lists(points, max_size=4).map(tuple)
    | st.lists(points, min_size=68, max_size=68).map(tuple),
    pose=st.builds(Pose, numbers, numbers, numbers) | st.just(Pose(0.1, -0.2, 0.3)),
    eye_openness=numbers,
    mouth_openness=numbers,
    quality=st.builds(Quality, *[numbers] * 8),
    live_score=st.none() | numbers,
    skin=st.none() | colours,
    relief=st.none() | st.builds(Relief, numbers, numbers),
)
observations = st.builds(
    Observation,
    frame=st.integers(-1, 60) | st.just(1 << 63),
    t_s=numbers | st.floats(0.0, 3.0),
    width_px=st.just(640),
    height_px=st.just(480),
    faces=st.lists(faces, max_size=2).map(tuple),
    digest=st.integers(0, (1 << 64) - 1),
    backdrop=st.none() | colours,
)
needs = st.frozensets(st.sampled_from(Need), max_size=2)


def sat(actor: Actor, nonce: bytes = NONCES[0], policy: Policy = POLICY) -> Tape:
    session = perform(actor, nonce, policy=policy)
    return record(session, End.LOOK, session.seen_s, policy, camera="ab" * 32)


@given(needs, st.lists(observations, max_size=12), st.booleans())
def test_whatever_was_told_comes_back_and_is_judged_the_same(
    has: frozenset[Need], told: list[Observation], timed: bool
) -> None:
    """Not a number, infinite, out of the picture, or no landmark at all."""
    session = begin(NONCES[0], has, 0.0, POLICY.liveness)
    for index, each in enumerate(told):
        session = look(session, each, 0.25 * index, POLICY)
    if timed:
        session = tick(session, 30.0, POLICY.liveness)
    tape = record(session, End.TIME if timed else End.OUTSIDE, 30.0, POLICY)
    data = encode(tape)
    assert encode(decode(data)) == data
    assert repr(decode(data).told) == repr(tape.told)
    assert summary(replay(decode(data))) == summary(session) == tape.verdict


@given(observations)
def test_on_the_grid_is_on_the_grid(seen: Observation) -> None:
    once = on_grid(seen)
    assert repr(on_grid(once)) == repr(once)


def test_the_grid_is_finer_than_anything_is_measured() -> None:
    exact = Actor(Habits(noise=1.0)).look(0.0, None)[0]
    landmarks = tuple((100.0 + n / 7, 90.0 - n / 9) for n in range(68))
    exact = replace(exact, faces=(replace(exact.faces[0], landmarks=landmarks),))
    (face,) = on_grid(exact).faces
    for near, true in zip(face.landmarks, landmarks, strict=True):
        assert max(abs(near[0] - true[0]), abs(near[1] - true[1])) <= 1 / 128
    assert face.pose.yaw_deg == pytest.approx(exact.faces[0].pose.yaw_deg, rel=1e-7)


COURSES: dict[str, tuple[Habits, tuple[Twist, ...]]] = {
    "who does what is asked": (Habits(fps=30.0, noise=1.0), ()),
    "slowly, at ten looks a second": (Habits(fps=10.0, speed_deg_s=20.0, noise=1.0), ()),
    "who holds still": (Habits(does=lambda _: None), ()),
    "who leaves": (Habits(), (leaves(1.0),)),
    "who swaps": (Habits(), (swaps(1.0),)),
    "who is joined": (Habits(), (joined(1.0),)),
    "who stands in the dark": (Habits(), (blurs(brightness=10.0),)),
}


@pytest.mark.parametrize(("habits", "twists"), COURSES.values(), ids=COURSES)
def test_a_session_is_judged_again_bit_for_bit(habits: Habits, twists: tuple[Twist, ...]) -> None:
    for number, nonce in enumerate(NONCES[:5]):
        session, end_s = ended(Actor(habits, twists, seed=number), nonce)
        end = End.LOOK if session.seen_s == end_s else End.TIME
        tape = decode(encode(record(session, end, end_s, POLICY)))
        again = replay(tape)
        assert isinstance(again.stage, Complete | Failed)
        assert again == session
        assert summary(again) == tape.verdict


def ended(actor: Actor, nonce: bytes) -> tuple[Session, float]:
    """A session, and when it ended: by its last look where that is when it was seen."""
    session = begin(nonce, frozenset(), 0.0, POLICY.liveness)
    for index in range(1, 2000):
        t_s = index / actor.habits.fps
        stage = session.stage
        step = getattr(stage, "step", None)
        prompt = step.challenge if step is not None and step.prompted_s is not None else None
        for seen in actor.look(t_s, prompt, getattr(stage, "hint", None)):
            session = look(session, seen, t_s, POLICY)
            if isinstance(session.stage, Complete | Failed):
                return session, session.seen_s
        session = tick(session, t_s + 0.001, POLICY.liveness)
        if isinstance(session.stage, Complete | Failed):
            return session, t_s + 0.001
    raise AssertionError("it does not end")


def test_a_later_policy_does_not_change_an_earlier_verdict() -> None:
    strict = Policy(
        quality=QualityPolicy(min_sharpness=20.0),
        liveness=LivenessPolicy(turn_deg=20.0, entropy_bits=5.0),
    )
    tape = decode(encode(sat(Actor(Habits(noise=1.0)), policy=strict)))
    assert tape.policy.liveness == strict.liveness
    assert tape.policy.quality == strict.quality
    assert summary(replay(tape)) == tape.verdict
    assert summary(replay(replace(tape, policy=POLICY))) != tape.verdict


def test_four_seconds_at_thirty_looks_fit_in_sixty_kilobytes() -> None:
    """With landmarks that scatter by half a pixel and every measure there is."""
    actor = Actor(Habits(fps=30.0, noise=1.0))
    tape = sat(actor)
    wanted = 120
    told = tuple(
        replace(each, seen=on_grid(full(each.seen, number)))
        for number, each in enumerate((tape.told * 4)[:wanted])
    )
    assert len(encode(replace(tape, told=told))) < 60_000


def full(seen: Observation, number: int) -> Observation:
    """With what real engines and cameras add, noise that does not compress."""
    drawn = struct.iter_unpack("<I", hashlib.shake_256(bytes([number])).digest(4 * 154))
    noise = [value / 2**32 for (value,) in drawn]
    spots = tuple((200 + n + 2 * noise[2 * n], 150 + n + 2 * noise[2 * n + 1]) for n in range(68))
    measured = Quality(80 + noise[140], 90 + 9 * noise[141], 128 + noise[142], 40 + noise[143], 1)
    box = Box(220 + noise[144], 120 + noise[145], 200 + noise[146], 200 + noise[147])
    pose = Pose(noise[148], noise[149], noise[150])
    skin = Colour(*(120.0 + 5 * each for each in noise[136:139]))
    one = tuple(
        replace(
            face,
            landmarks=spots,
            skin=skin,
            live_score=noise[139],
            relief=Relief(20.0 + noise[151], 1.5 + noise[152]),
            quality=measured,
            box=box,
            pose=pose,
        )
        for face in seen.faces
    )
    return replace(seen, faces=one, digest=zlib.crc32(str(number).encode()) << 31, backdrop=skin)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "another file": lambda data: b"PK" + data,
    "a later version": lambda data: data[:2] + bytes([MAGIC[2] + 1]) + data[3:],
    "cut short": lambda data: data[:-9],
    "longer": lambda data: data + b"x",
    "noise": lambda data: data[:20] + bytes(40) + data[60:],
    "no header": lambda _: MAGIC + zlib.compress(b"\x00\x00\x00\x00"),
    "a wrong header": lambda _: MAGIC + zlib.compress(b"\x02\x00\x00\x00[]"),
    "too few looks": lambda data: MAGIC + zlib.compress(zlib.decompress(data[3:])[:-4]),
    "too many": lambda data: MAGIC + zlib.compress(zlib.decompress(data[3:]) + b"more"),
}


@pytest.mark.parametrize("harm", DAMAGE.values(), ids=DAMAGE)
def test_what_is_no_tape_says_so(harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError, match=r"^it"):
        decode(harm(encode(sat(Actor()))))


@given(st.data())
def test_no_flipped_byte_goes_unnoticed(data: st.DataObject) -> None:
    """The checksum inside catches it; the journal's digest of the whole would too."""
    whole = encode(FLAT)
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    with pytest.raises(ValueError, match=r"^it"):
        decode(flipped)


FLAT = sat(Actor(Habits(noise=1.0)))


def test_a_tape_of_the_first_version_is_judged_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knew of no covered faces, and its policy of no limits for them."""
    now = sat(Actor(Habits(noise=1.0)))
    document, floats = tapes._document(POLICY), columns._floats
    parts = {name: tapes._numbers(part) for name, part in tapes._parts(POLICY).items()}
    for name in tapes.NOT_YET[1]["quality"]:
        del parts["quality"][name]
    with monkeypatch.context() as before:
        before.setattr(tapes, "_document", lambda _: {**document, "parts": parts})
        before.setattr(columns, "_floats", lambda face: floats(face)[:14])
        before.setattr(tapes, "MAGIC", b"FT\x01")
        first = encode(now)
    assert first[2] == 1
    again = decode(first)
    assert [on_grid(each.seen) for each in again.told] == [each.seen for each in now.told]
    assert again.policy.quality.min_mouth_contrast == 0.0
    assert summary(replay(again)) == now.verdict


def test_a_tape_from_before_one_more_limit_is_judged_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = tapes._document(POLICY)
    parts = {name: tapes._numbers(part) for name, part in tapes._parts(POLICY).items()}
    for part, names in tapes.NOT_YET[2].items():
        for name in names:
            del parts[part][name]
    monkeypatch.setattr(tapes, "_document", lambda _: {**document, "parts": parts})
    before = decode(encode(FLAT))
    assert before.policy.passive.min_lit == 0.0
    assert summary(replay(before)) == FLAT.verdict


def test_a_policy_with_other_numbers_is_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(FLAT)
    document = tapes._document(POLICY)
    monkeypatch.setattr(tapes, "_document", lambda _: {**document, "parts": {}})
    other = encode(FLAT)
    assert decode(data).policy == POLICY
    with pytest.raises(ValueError, match="another version"):
        decode(other)


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (
            Face,
            {"track", "box", "landmarks", "pose", "eye_openness", "mouth_openness"}
            | {"quality", "live_score", "skin", "relief"},
        ),
        (Observation, {"frame", "t_s", "width_px", "height_px", "faces", "digest", "backdrop"}),
        (
            Quality,
            {"eye_distance_px", "sharpness", "brightness", "contrast", "completeness"}
            | {"eye_contrast", "eye_shade", "mouth_contrast"},
        ),
        (Relief, {"nose_mm", "skin_ratio"}),
    ],
)
def test_a_new_measure_needs_a_place_on_the_tape(kind: type, known: set[str]) -> None:
    """What the session is told and the tape does not hold could not be judged again."""
    assert {each.name for each in fields(kind)} == known
