"""`foyer enrol`: real pictures, a real engine; every refusal has its reason, nothing half-saved."""

from __future__ import annotations

import shutil
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.camera.stills import Still, installed_photo, load_photo
from app.commands.pictures import SAID
from app.domain.journal import parse
from app.domain.observation import Face, Observation
from app.domain.reasons import Reason
from app.domain.session import largest
from app.errors import ModelRejected
from app.ports import FaceEngine, Frame
from app.runtime import bootstrap
from tests.cli.conftest import Foyer
from tests.cli.test_gallery import store_of
from tests.fakes.covers import dark_glasses

Pixels = NDArray[np.uint8]
ASTRONAUT, ADMIRAL = str(installed_photo(Still.ASTRONAUT)), str(installed_photo(Still.ADMIRAL))


@pytest.fixture
def staffed(kiosk: Foyer, engine: FaceEngine) -> Foyer:
    """With two people who have no face yet."""
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    kiosk.ok("people", "add", "--number", "1002", "--name", "Grace")
    return kiosk


def state(foyer: Foyer) -> tuple[dict[str, int], int]:
    """Templates by number, and rows of the journal."""
    gallery = store_of(foyer)
    try:
        counts = gallery.template_counts()
        faces = {each.number: counts.get(each.id, 0) for each in gallery.people()}
        return faces, len(list(gallery.rows()))
    finally:
        gallery.close()


def saved(path: Path, pixels: Pixels) -> str:
    assert cv2.imwrite(str(path), pixels)
    return str(path)


def astronaut() -> Pixels:
    return load_photo(Still.ASTRONAUT)


def framed(pixels: Pixels) -> Pixels:
    """A portrait cut so that its face is alone and of a fair size."""
    return pixels[0:330, 60:390]


# -- what is taken


def test_a_good_photograph_becomes_one_template_and_one_journal_row(staffed: Foyer) -> None:
    before = state(staffed)
    ran = staffed.ok("enrol", "1001", ASTRONAUT, "--reason", "first day", "--json")
    assert ran.document["stored"]
    assert ran.document["warnings"] == []
    assert ran.document["images"] == [
        {"image": ASTRONAUT, "usable": True, "reason": None, "said": None}
    ]
    assert state(staffed) == ({"1001": 1, "1002": 0}, before[1] + 1)
    gallery = store_of(staffed)
    (row,) = gallery.rows(1)
    assert parse(row.text).detail == "face-enrolled: first day"
    gallery.close()


def test_several_pictures_become_one_template(staffed: Foyer, tmp_path: Path) -> None:
    """The mean, which lies nearer to the person than any one of them."""
    pixels = astronaut()
    bright = saved(tmp_path / "bright.png", np.minimum(pixels, 229) + np.uint8(20))
    mirrored = saved(tmp_path / "mirrored.jpg", np.ascontiguousarray(pixels[:, ::-1]))
    said = staffed.ok("enrol", "1001", ASTRONAUT, bright, mirrored).out
    assert said.count("ok  ") == 3
    assert "3 pictures" in said
    assert state(staffed)[0]["1001"] == 1


def test_no_picture_is_kept(staffed: Foyer) -> None:
    staffed.ok("enrol", "1001", ASTRONAUT)
    assert {file.name for file in staffed.gallery.parent.iterdir()} <= {
        "gallery.db",
        "gallery.db-wal",
        "gallery.db-shm",
        "gallery.db-reserve",
        "gallery.db.keys",
        "gallery.db.mark",
    }


def test_good_pictures_are_stored_beside_bad_ones_which_are_told(
    staffed: Foyer, tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    images = staffed.ok(
        *("enrol", "1001", ASTRONAUT, str(tmp_path / "empty.jpg"), "--json")
    ).document["images"]
    assert [each["usable"] for each in images] == [True, False]
    assert "0 bytes" in images[1]["said"]
    assert state(staffed)[0]["1001"] == 1


# -- files that are no photographs


def huge_png() -> bytes:
    """Says that it has 20000 x 20000 pixels and would unfold to 1.2 GB, in under a megabyte."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(20_001)
    body = b"".join(packer.compress(row) for _ in range(20_000)) + packer.flush()
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def no_photographs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files, by the word their refusal has to hold."""
    folder = tmp_path_factory.mktemp("no-photographs")
    genuine = Path(ASTRONAUT).read_bytes()
    contents = {
        "0 bytes": ("zero.jpg", b""),
        "damaged or cut short": ("truncated.png", genuine[: len(genuine) // 2]),
        "not a picture": ("letter.jpg", b"Dear kiosk, I am a photograph. Yours, a text."),
        "megapixels": ("huge.png", huge_png()),
        "cannot be read": ("absent.jpg", None),
        "not a file": ("folder.jpg", None),
    }
    for name, content in contents.values():
        if content is not None:
            (folder / name).write_bytes(content)
    (folder / "folder.jpg").mkdir()
    return {word: folder / name for word, (name, _) in contents.items()}


def test_files_that_are_no_photographs_each_get_their_reason(
    staffed: Foyer, no_photographs: dict[str, Path]
) -> None:
    before = state(staffed)
    files = [str(file) for file in no_photographs.values()]
    ran = staffed("enrol", "1001", *files, "--json")
    assert ran.code == 1
    assert not ran.document["stored"]
    assert len(ran.document["images"]) == len(no_photographs)
    for (word, file), image in zip(no_photographs.items(), ran.document["images"], strict=True):
        assert image["image"] == str(file)
        assert image["reason"] == "image"
        assert word in image["said"]
        assert str(file) in image["said"]
    assert state(staffed) == before


def test_each_file_is_one_line_for_people(staffed: Foyer, no_photographs: dict[str, Path]) -> None:
    files = [str(file) for file in no_photographs.values()]
    ran = staffed("enrol", "1001", *files)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert len(lines) == len(files) + 1
    assert all(line.count(file) == 1 for line, file in zip(lines, files, strict=False))
    assert "Nothing was stored" in lines[-1]


def test_a_file_with_a_name_that_cannot_be_printed(staffed: Foyer, tmp_path: Path) -> None:
    ran = staffed("enrol", "1001", str(tmp_path / "caf\udce9.jpg"))
    assert ran.code == 1
    assert "cannot be read" in ran.out


# -- pictures of no use


def beside(left: Pixels, right: Pixels) -> Pixels:
    size = (330, 330)
    return np.hstack([cv2.resize(left, size), cv2.resize(right, size)])


def useless(reason: Reason) -> Pixels:
    """A picture with exactly this to mend."""
    pixels = astronaut()
    match reason:
        case Reason.NO_FACE:
            return np.full((480, 640, 3), 128, dtype=np.uint8)
        case Reason.SEVERAL_FACES:
            return beside(framed(pixels), framed(pixels)[:, ::-1])
        case Reason.TOO_FAR:
            canvas = np.full((480, 640, 3), 90, dtype=np.uint8)
            canvas[150:340, 200:390] = cv2.resize(pixels[0:250, 100:350], (190, 190))
            return canvas
        case Reason.TOO_DARK:
            return (pixels // 9).astype(np.uint8)
        case Reason.BLURRED:
            return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 3.0), dtype=np.uint8)
        case Reason.CUT_OFF:
            return np.ascontiguousarray(pixels[:, 192:])
        case _:
            raise AssertionError(reason)


@pytest.mark.parametrize(
    "reason",
    [
        Reason.NO_FACE,
        Reason.SEVERAL_FACES,
        Reason.TOO_FAR,
        Reason.TOO_DARK,
        Reason.BLURRED,
        Reason.CUT_OFF,
    ],
)
def test_a_picture_of_no_use_says_what_to_mend(
    staffed: Foyer, tmp_path: Path, reason: Reason
) -> None:
    before = state(staffed)
    ran = staffed("enrol", "1001", saved(tmp_path / "photo.png", useless(reason)), "--json")
    assert ran.code == 1
    (image,) = ran.document["images"]
    assert image["reason"] == reason.value
    assert image["said"] == SAID[reason]
    assert state(staffed) == before


def test_every_reason_a_picture_can_have_has_a_sentence_with_a_cure() -> None:
    for said in SAID.values():
        assert said.count(". ") >= 1
        assert said.endswith(".")


# -- whose face it is


def test_a_face_that_is_somebody_elses_is_stored_only_by_force(staffed: Foyer) -> None:
    staffed.ok("enrol", "1001", ASTRONAUT)
    before = state(staffed)
    ran = staffed("enrol", "1002", ASTRONAUT)
    assert ran.code == 1
    assert "Eileen (1001)" in ran.out
    assert "--force" in ran.out
    assert state(staffed) == before
    shown = staffed("enrol", "1002", ASTRONAUT, "--json")
    assert shown.code == 1
    assert not shown.document["stored"]
    assert len(shown.document["warnings"]) == 1
    assert "Eileen" in staffed.ok("enrol", "1002", ASTRONAUT, "--force").out
    assert state(staffed)[0] == {"1001": 1, "1002": 1}


def test_another_face_than_the_one_known_is_stored_only_by_force(staffed: Foyer) -> None:
    staffed.ok("enrol", "1001", ASTRONAUT)
    ran = staffed("enrol", "1001", ADMIRAL)
    assert ran.code == 1
    assert "stored already" in ran.out
    assert state(staffed)[0]["1001"] == 1


def test_the_same_person_may_be_enrolled_again(staffed: Foyer) -> None:
    staffed.ok("enrol", "1001", ASTRONAUT)
    staffed.ok("enrol", "1001", ASTRONAUT)
    staffed.ok("enrol", "1002", ADMIRAL)
    assert state(staffed)[0] == {"1001": 2, "1002": 1}


def test_pictures_of_two_people_are_not_mixed(staffed: Foyer) -> None:
    ran = staffed("enrol", "1001", ASTRONAUT, ADMIRAL, "--json")
    assert ran.code == 1
    assert {each["reason"] for each in ran.document["images"]} == {"another-person"}
    assert state(staffed)[0]["1001"] == 0
    assert staffed("enrol", "1001", ASTRONAUT, ADMIRAL, "--force").code == 1


def test_one_stray_picture_is_left_out(staffed: Foyer, tmp_path: Path) -> None:
    again = saved(tmp_path / "again.png", astronaut())
    ran = staffed.ok("enrol", "1001", ASTRONAUT, ADMIRAL, again, "--json")
    assert [each["usable"] for each in ran.document["images"]] == [True, False, True]


def test_real_people_are_told_apart(staffed: Foyer, assets: Path) -> None:
    """Four people with three photographs each: nobody is warned about, a double is."""
    people = sorted(assets.glob("identities/lfw/*/*_0005.jpg"))[:4]
    for place, photo in enumerate(people):
        number = str(3000 + place)
        staffed.ok("people", "add", "--number", number, "--name", photo.parent.name)
        photos = sorted(photo.parent.glob("*.jpg"))[:3]
        ran = staffed(*("enrol", number), *map(str, photos), "--json")
        usable = any(each["usable"] for each in ran.document["images"])
        assert ran.document["warnings"] == []
        assert ran.code == (0 if usable else 1)


# -- the command itself


@pytest.mark.parametrize(
    "words", [("1001",), ("1001", "a.jpg", "--camera"), (), ("1001", "a.jpg", "--pin", "1")]
)
def test_photographs_or_the_camera_one_of_the_two(foyer: Foyer, words: tuple[str, ...]) -> None:
    assert foyer("enrol", *words).code == 2


def test_an_unknown_person_is_told_before_any_model_is_loaded(
    kiosk: Foyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "face_engine", None)
    ran = kiosk("enrol", "7777", ASTRONAUT)
    assert ran.code == 4
    assert "foyer people list" in ran.err


def test_without_the_right_models_nothing_is_enrolled(
    staffed: Foyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swapped(_: object) -> FaceEngine:
        raise ModelRejected("The model file is not the one in the manifest. Install it again.")

    monkeypatch.setattr(bootstrap, "face_engine", swapped)
    before = state(staffed)
    assert staffed("enrol", "1001", ASTRONAUT).code == 5
    assert state(staffed) == before


def test_a_gallery_that_cannot_be_written_stores_nothing(
    staffed: Foyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.errors import GalleryUnwritable
    from app.gallery import journal

    def full(*_: object) -> int:
        raise GalleryUnwritable("The disk is full. Free some space.")

    before = state(staffed)
    with monkeypatch.context() as patch:
        patch.setattr(journal, "append", full)
        assert staffed("enrol", "1001", ASTRONAUT).code == 4
    assert state(staffed) == before


def test_a_photograph_lying_anywhere_is_only_read(staffed: Foyer, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    shutil.copy(ASTRONAUT, photo)
    before = photo.read_bytes()
    staffed.ok("enrol", "1001", str(photo))
    assert photo.read_bytes() == before


# -- what somebody wears


@pytest.fixture
def in_glasses(engine: FaceEngine, tmp_path: Path) -> str:
    """The admiral behind dark glasses."""
    frame = Frame(1, 0.0, load_photo(Still.ADMIRAL))
    engine.forget()
    marks = np.array(largest_of(engine.observe(frame)).landmarks)
    engine.forget()
    return saved(tmp_path / "glasses.png", dark_glasses(frame.pixels, marks))


def largest_of(seen: Observation) -> Face:
    face = largest(seen)
    assert face is not None
    return face


def test_a_covered_face_is_refused_with_what_to_do(staffed: Foyer, in_glasses: str) -> None:
    before = state(staffed)
    ran = staffed("enrol", "1002", in_glasses)
    assert ran.code == 1
    assert SAID[Reason.EYES_COVERED] in ran.out
    assert state(staffed) == before


def test_an_appearance_is_kept_beside_the_face_itself(staffed: Foyer, in_glasses: str) -> None:
    staffed.ok("enrol", "1002", ADMIRAL)
    ran = staffed.ok("enrol", "1002", in_glasses, "--appearance", "glasses", "--force", "--json")
    assert ran.document["appearance"] == ["glasses"]
    assert state(staffed)[0]["1002"] == 2
    gallery = store_of(staffed)
    tags = [each.tags for each in gallery.care.stored(None)]
    gallery.close()
    assert tags == [frozenset(), frozenset({"glasses"})]


def test_no_other_appearance_is_known(staffed: Foyer) -> None:
    assert staffed("enrol", "1002", ADMIRAL, "--appearance", "hat").code == 2
