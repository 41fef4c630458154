"""Model files: where they lie, whether they are the right ones, and their verified bytes.

The bytes that were hashed are the bytes that are loaded: a file is read once, compared with the
manifest, and only that copy goes on. Nothing is ever downloaded.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from app.errors import ModelError, ModelMissing, ModelRejected
from app.vision.manifest import AntispoofPack, ModelFile, Pack


@dataclass(frozen=True, slots=True)
class Checked:
    """One file of a pack looked at; `fault` is None when it is the right one."""

    file: ModelFile
    fault: ModelError | None


def is_begun(pack: Pack | AntispoofPack, models: Path) -> bool:
    """Whether any file of the pack is there, whatever is in it."""
    return any(_is_there(file, models) for file in pack.files)


def is_complete(pack: Pack | AntispoofPack, models: Path) -> bool:
    """Whether every file of the pack is there, whatever is in them."""
    return all(_is_there(file, models) for file in pack.files)


def _is_there(file: ModelFile, models: Path) -> bool:
    try:
        locate(file, models)
    except ModelMissing:
        return False
    return True


def verify(pack: Pack | AntispoofPack, models: Path) -> tuple[Checked, ...]:
    """Every file of the pack compared with the manifest; `models` is the models folder."""
    return tuple(Checked(file, _fault(file, models)) for file in pack.files)


def _fault(file: ModelFile, models: Path) -> ModelError | None:
    try:
        load_verified(file, models)
    except ModelError as fault:
        return fault
    return None


def load_verified(file: ModelFile, models: Path) -> bytes:
    """The file's content, read once and equal to the manifest's size and SHA-256.

    Raises ModelMissing where there is no such file, ModelRejected where it is another.
    """
    path = locate(file, models)
    try:
        with path.open("rb") as stream:
            content = stream.read(file.bytes + 1)
    except OSError as fault:
        raise ModelMissing(
            f"The model file {path} cannot be read ({fault.strerror}). {_cure(file)}"
        ) from fault
    if len(content) < file.bytes:
        raise ModelRejected(
            f"The model file {path} is cut short: {len(content)} bytes instead of {file.bytes}. "
            f"{_cure(file)}"
        )
    if len(content) > file.bytes:
        raise ModelRejected(
            f"The model file {path} is longer than the {file.bytes} bytes of the right one. "
            f"{_cure(file)}"
        )
    if not file.is_right(content):
        raise ModelRejected(
            f"The model file {path} is not the one in the manifest: its {file.digest} differs, "
            f"so it was altered or swapped. {_cure(file)}"
        )
    return content


def locate(file: ModelFile, models: Path) -> Path:
    """Where the file lies; raises ModelMissing where it does not.

    In a PyInstaller bundle a distribution's files lie under the bundle's folder. Otherwise the
    distribution is asked, without importing it: some of them fail or download on import.
    """
    path = models / file.path
    if file.distribution:
        frozen = getattr(sys, "_MEIPASS", None)
        path = Path(frozen) / file.path if frozen else _installed(file)
    if not path.is_file():
        raise ModelMissing(f"The model file {path} is not there. {_cure(file)}")
    return path


def _installed(file: ModelFile) -> Path:
    try:
        return Path(str(metadata.distribution(file.distribution).locate_file(file.path)))
    except metadata.PackageNotFoundError as fault:
        raise ModelMissing(
            f"The package {file.distribution}, which carries {file.name}, is not installed. "
            f"{_cure(file)}"
        ) from fault


def _cure(file: ModelFile) -> str:
    if getattr(sys, "_MEIPASS", None):
        return "Install this version of the kiosk again."
    if file.distribution:
        return f"Run: python -m pip install --force-reinstall --no-deps {file.distribution}"
    return (
        f"Put {file.path} from {file.upstream} into the models folder; "
        "foyer models install PACK --from DIR does it."
    )


@contextmanager
def as_path(content: bytes) -> Iterator[str]:
    """`content` under a path that nobody else can change, for libraries that only read paths.

    On Linux a sealed file in memory; elsewhere a file in a folder of ours alone. Gone at the end.
    """
    if sys.platform == "linux" and Path("/proc/self/fd").is_dir():
        with _sealed(content) as path:
            yield path
        return
    with as_named(content, "") as path:
        yield path


@contextmanager
def as_named(content: bytes, ending: str) -> Iterator[str]:
    """`content` as a file whose name ends so, in a folder of ours alone, for libraries that tell
    by it what they read. Gone at the end."""
    with tempfile.TemporaryDirectory(prefix="foyer-model-") as folder:
        file = Path(folder) / f"model{ending}"
        file.write_bytes(content)
        yield str(file)


@contextmanager
def _sealed(content: bytes) -> Iterator[str]:
    import fcntl  # noqa: PLC0415 - there is none on Windows

    number = os.memfd_create("model", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(os.dup(number), "wb") as stream:
            stream.write(content)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(number, fcntl.F_ADD_SEALS, seals)
        yield f"/proc/self/fd/{number}"
    finally:
        os.close(number)
