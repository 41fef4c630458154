"""Key providers that are files: what is in them, and every way they can be wrong."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.people import Secret
from app.errors import KeyStoreError
from app.gallery.credential import FILE_NAME, VARIABLE, SystemdCredential
from app.gallery.keyring_keys import KeyringKeys
from app.gallery.keys import EphemeralKeys, gallery_id_of, key_store
from app.gallery.passphrase import Cost, PassphraseKeys, passphrase_from
from app.gallery.wrapping import bytes_of, keys_of, new_keys
from app.ports import HighWater

CHEAP = Cost(passes=1, memory_kib=64, lanes=1)
GOOD = "correct horse battery"
MARK = HighWater(3, "0f" * 32, 5)


def passphrase_keys(folder: Path, passphrase: str = GOOD) -> PassphraseKeys:
    return PassphraseKeys(folder / "k", folder / "m", lambda: Secret(passphrase), CHEAP)


def says(error: pytest.ExceptionInfo[KeyStoreError]) -> str:
    """The message, which must say what happened and then what to do."""
    text = str(error.value)
    assert ". " in text
    return text


def names_in(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


# -- chosen by name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("keyring", KeyringKeys),
        ("passphrase", PassphraseKeys),
        ("systemd-credential", SystemdCredential),
        ("ephemeral", EphemeralKeys),
    ],
)
def test_a_provider_is_the_one_named(tmp_path: Path, name: str, kind: type) -> None:
    store = key_store(name, tmp_path / "g.db", {}, lambda: Secret(GOOD))
    assert isinstance(store, kind)
    assert store.name == name


@pytest.mark.parametrize("name", ["", "auto", "plaintext", "Keyring"])
def test_any_other_name_is_refused_with_the_choices(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyStoreError, match="keyring, passphrase, systemd-credential, ephemeral"):
        key_store(name, tmp_path / "g.db", {}, lambda: Secret(GOOD))


def test_two_galleries_have_two_ids(tmp_path: Path) -> None:
    ids = {gallery_id_of(tmp_path / name) for name in ("a.db", "b.db", "x/../a.db")}
    assert len(ids) == 2


def test_file_providers_say_what_they_cannot_notice() -> None:
    for explanation in (
        passphrase_keys(Path()).explanation,
        SystemdCredential({}, Path("m")).explanation,
    ):
        assert "put back together are not" in explanation
    assert "demonstrations and tests only" in EphemeralKeys().explanation


# -- passphrase


def test_the_key_file_is_private_and_holds_no_key(tmp_path: Path) -> None:
    keys = passphrase_keys(tmp_path).create()
    content = (tmp_path / "k").read_bytes()
    for secret in (keys.data, keys.badge, keys.pepper, GOOD.encode()):
        assert secret not in content
        assert secret.hex().encode() not in content
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["k"]


@pytest.mark.parametrize("wrong", ["", "correct horse batterz", GOOD + " ", "x" * 500, "é" * 20])
def test_a_wrong_passphrase_is_told_and_changes_nothing(tmp_path: Path, wrong: str) -> None:
    keys = passphrase_keys(tmp_path).create()
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(KeyStoreError, match="wrong") as error:
        passphrase_keys(tmp_path, wrong).load()
    assert wrong not in str(error.value) or not wrong
    assert (tmp_path / "k").read_bytes() == before
    assert passphrase_keys(tmp_path).load() == keys


def test_a_short_passphrase_makes_no_keys(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreError, match="at least 12"):
        passphrase_keys(tmp_path, "elevenchars").create()
    assert names_in(tmp_path) == []


def test_the_real_work_is_a_quarter_of_a_gigabyte() -> None:
    assert Cost() == Cost(passes=3, memory_kib=262_144, lanes=4)


def spoil_json(**changes: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), **changes}).encode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"\xff" + content,
        lambda content: b"[]",
        lambda content: b"{}",
        lambda content: b"null",
        spoil_json(format="foyer-keys-9"),
        spoil_json(passes=2),
        spoil_json(memory_kib=1 << 40),
        spoil_json(memory_kib="64"),
        spoil_json(memory_kib=1, lanes=16),
        spoil_json(lanes=0),
        spoil_json(salt="AAAA"),
        spoil_json(nonce=""),
        spoil_json(box="!"),
        spoil_json(extra="field"),
    ],
)
def test_an_altered_key_file_is_told(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    passphrase_keys(tmp_path).create()
    file = tmp_path / "k"
    spoilt = spoil(file.read_bytes())
    file.write_bytes(spoilt)
    with pytest.raises(KeyStoreError) as error:
        passphrase_keys(tmp_path).load()
    assert says(error)
    assert file.read_bytes() == spoilt


def test_every_byte_of_the_key_file_counts(tmp_path: Path) -> None:
    passphrase_keys(tmp_path).create()
    file = tmp_path / "k"
    content = file.read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        file.write_bytes(changed)
        if json.loads(content) == _json_or_none(changed):
            continue  # only the layout changed, not what it says
        with pytest.raises(KeyStoreError):
            passphrase_keys(tmp_path).load()


def _json_or_none(content: bytes | bytearray) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def test_a_mark_without_its_key_file_is_told(tmp_path: Path) -> None:
    store = passphrase_keys(tmp_path)
    store.create()
    store.set_high_water(MARK)
    (tmp_path / "k").unlink()
    with pytest.raises(KeyStoreError, match="no key file"):
        passphrase_keys(tmp_path).high_water()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyStoreError, match="cannot be written") as error:
        passphrase_keys(tmp_path / "file" / "sub").create()
    assert says(error)


# -- where the passphrase comes from


def test_descriptor_file_variable_prompt_in_that_order(tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text("from file\n")
    file.chmod(0o600)
    read, write = os.pipe()
    try:
        os.write(write, b"from descriptor\n")
        os.close(write)
        given = {"FOYER_PASSPHRASE": "from variable"}
        sources = (
            passphrase_from(given, file, read),
            passphrase_from(given, file, prompt=lambda: Secret("from prompt")),
            passphrase_from(given, prompt=lambda: Secret("from prompt")),
            passphrase_from({}, prompt=lambda: Secret("from prompt")),
        )
        texts = [ask().text for ask in sources]
        assert texts == ["from descriptor", "from file", "from variable", "from prompt"]
    finally:
        os.close(read)


def test_no_passphrase_anywhere_is_told() -> None:
    with pytest.raises(KeyStoreError, match="FOYER_PASSPHRASE") as error:
        passphrase_from({})()
    assert says(error)


def test_a_passphrase_file_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text(GOOD)
    file.chmod(0o640)
    with pytest.raises(KeyStoreError, match="chmod 600"):
        passphrase_from({}, file=file)()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 2000])
def test_a_passphrase_file_that_is_no_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "p"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeyStoreError) as error:
        passphrase_from({}, file=file)()
    assert says(error)


def test_an_absent_file_and_a_closed_descriptor_are_told(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    os.close(write)
    for ask in (
        passphrase_from({}, file=tmp_path / "absent"),
        passphrase_from({}, descriptor=read),
    ):
        with pytest.raises(KeyStoreError) as error:
            ask()
        assert says(error)


# -- systemd credential


@pytest.mark.parametrize("as_text", [False, True])
def test_a_credential_is_96_bytes_or_as_many_in_hexadecimal(tmp_path: Path, as_text: bool) -> None:
    keys = new_keys()
    raw = bytes_of(keys)
    (tmp_path / FILE_NAME).write_bytes(raw.hex().encode() + b"\n" if as_text else raw)
    assert SystemdCredential({VARIABLE: str(tmp_path)}, tmp_path / "m").load() == keys
    assert keys_of(raw) == keys


@pytest.mark.parametrize(
    "content", [b"", b"short", bytes(96), b"0" * 192, b"zz" * 96, bytes(range(95)), b"\n" * 96]
)
def test_any_other_credential_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(KeyStoreError, match="LoadCredentialEncrypted"):
        SystemdCredential({VARIABLE: str(tmp_path)}, tmp_path / "m").load()


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}, {VARIABLE: "/nowhere"}])
def test_no_credential_says_how_to_make_one(tmp_path: Path, environment: dict[str, str]) -> None:
    store = SystemdCredential(environment, tmp_path / "m")
    for call in (store.load, store.create):
        with pytest.raises(KeyStoreError, match="systemd-creds encrypt"):
            call()


# -- the mark beside the gallery


def test_an_altered_or_foreign_mark_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(bytes_of(new_keys()))
    store = SystemdCredential({VARIABLE: str(tmp_path)}, tmp_path / "m")
    store.set_high_water(MARK)
    file = tmp_path / "m"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    spoilt = [content[:place] + b"~" + content[place + 1 :] for place in range(len(content) - 1)]
    for wrong in [*spoilt, b"", b"\xff", content[:-10], content.split(b"\n")[0]]:
        file.write_bytes(wrong)
        with pytest.raises(KeyStoreError) as error:
            store.high_water()
        assert says(error)
    file.write_bytes(content)
    assert store.high_water() == MARK
    (tmp_path / FILE_NAME).write_bytes(bytes_of(new_keys()))
    with pytest.raises(KeyStoreError, match="another key"):
        SystemdCredential({VARIABLE: str(tmp_path)}, file).high_water()


def test_a_mark_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(bytes_of(new_keys()))
    (tmp_path / "m").mkdir()
    with pytest.raises(KeyStoreError, match="cannot be written"):
        SystemdCredential({VARIABLE: str(tmp_path)}, tmp_path / "m").set_high_water(MARK)
    assert names_in(tmp_path) == [FILE_NAME, "m"]
