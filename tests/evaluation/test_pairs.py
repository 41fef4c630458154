"""Lists of pairs as people write them, and as they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.evaluation.pairs import PairsUnusable, people_in, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, count in (("Ann_Lee", 3), ("Bo", 2)):
        (tmp_path / name).mkdir()
        for number in range(1, count + 1):
            (tmp_path / name / f"{name}_{number:04d}.jpg").write_bytes(b"")
    (tmp_path / "Cy").mkdir()
    for name in ("a.png", "b.png", "notes.txt"):
        (tmp_path / "Cy" / name).write_bytes(b"")
    (tmp_path / "nobody").mkdir()
    return tmp_path


def listed(folder: Path, text: str | bytes) -> Path:
    file = folder / "pairs.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_people_are_their_folders(folder: Path) -> None:
    people = people_in(folder)
    assert {name: len(pictures) for name, pictures in people.items()} == {
        "Ann_Lee": 3,
        "Bo": 2,
        "Cy": 2,
    }


@pytest.mark.parametrize("head", ["", "10\t300\n", "2\n", "# ours\n\n"])
def test_both_kinds_of_pairs_are_read(folder: Path, head: str) -> None:
    found = read(
        listed(folder, f"{head}Ann_Lee\t1\t3\nAnn_Lee 2 Bo 1\nCy 1 2\n"), people_in(folder)
    )
    assert [(each.one.name, each.other.name, each.genuine) for each in found.pairs] == [
        ("Ann_Lee_0001.jpg", "Ann_Lee_0003.jpg", True),
        ("Ann_Lee_0002.jpg", "Bo_0001.jpg", False),
        ("a.png", "b.png", True),
    ]


def test_folds_are_those_of_the_list(folder: Path) -> None:
    pairs = "Ann_Lee 1 2\nAnn_Lee 1 Bo 1\n" * 2
    found = read(listed(folder, f"2 1\n{pairs}"), people_in(folder))
    assert (found.folds, [each.fold for each in found.pairs]) == (2, [0, 0, 1, 1])


def test_pictures_that_are_not_there_are_counted(folder: Path) -> None:
    found = read(listed(folder, "Ann_Lee 1 9\nDee 1 2\nBo 1 2\n"), people_in(folder))
    assert (len(found.pairs), found.missing) == (1, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no pairs"),
        ("10 300\n", "holds no pairs"),
        ("Ann_Lee one two\n", "is no pair"),
        ("Ann_Lee 1\n", "is no pair"),
        ("Dee 1 2\n", "belong together"),
        (b"\xff\xfe\x00A", "UTF-8"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(
    folder: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(PairsUnusable, match=says):
        read(listed(folder, text), people_in(folder))


def test_a_list_or_a_folder_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PairsUnusable, match="--pairs"):
        read(folder / "none.txt", people_in(folder))
    with pytest.raises(PairsUnusable, match="--data"):
        people_in(tmp_path / "none")
    with pytest.raises(PairsUnusable, match="two people"):
        people_in(folder / "Bo")


def test_one_fold_is_dealt_into_ten(tmp_path: Path) -> None:
    people = {"A": (Path("A/A_0001.jpg"), Path("A/A_0002.jpg"))}
    file = tmp_path / "pairs.txt"
    file.write_text("1\t20\n" + "A\t1\t2\n" * 40, encoding="utf-8")
    assert {pair.fold for pair in read(file, people).pairs} == set(range(10))
