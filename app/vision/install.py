"""Putting a pack's files into the models folder: only the right bytes, each whole or not at all.

Files are known by their content: a pack may come under whatever names somebody saved it.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from app.errors import ModelError, ModelMissing, ModelRejected
from app.vision.archives import UNREADABLE
from app.vision.manifest import AntispoofPack, ModelFile, Pack
from app.vision.packs import load_verified

#: How many files of a folder are looked at, folders within it included.
MOST_LOOKED_AT = 20_000


def install(pack: Pack | AntispoofPack, source: Path, models: Path) -> tuple[Path, ...]:
    """Copy the pack's files out of `source`, a folder with all that lies below it or a zip
    archive, and say where they lie now; files that a package delivers are left where they are.

    All are found and verified before the first is written. Raises ModelMissing where one is not
    there or cannot be written, ModelRejected where one has its name and not its content.
    """
    finder = _in_archive if source.is_file() else _in_folder
    return put(pack, models, lambda file: finder(file, source))


def put(
    pack: Pack | AntispoofPack, models: Path, bytes_of: Callable[[ModelFile], bytes]
) -> tuple[Path, ...]:
    """The pack's files from wherever `bytes_of` has them; those that are right already stay."""
    own = [file for file in pack.files if not file.distribution]
    if not own:
        delivered = pack.files[0].distribution
        raise ModelRejected(
            f"The pack {pack.name} comes with the package {delivered} and is not "
            "installed from elsewhere. Run packaging/setup again if it is missing."
        )
    found = [(file, bytes_of(file)) for file in own if not _is_there(file, models)]
    for file, content in found:
        _write(models / file.path, content)
    return tuple(models / file.path for file in own)


def remove(pack: Pack | AntispoofPack, others: list[Pack], models: Path) -> tuple[Path, ...]:
    """Delete the pack's files which no installed pack of `others` needs, and name them. Raises
    ModelMissing where one cannot be deleted."""
    needed = {file.path for other in others for file in other.files}
    gone = []
    for file in pack.files:
        path = models / file.path
        if file.distribution or file.path in needed or not path.exists():
            continue
        try:
            path.unlink()
        except OSError as fault:
            raise ModelMissing(f"{path} cannot be deleted ({fault.strerror}).") from fault
        gone.append(path)
    return tuple(gone)


def _is_there(file: ModelFile, models: Path) -> bool:
    try:
        load_verified(file, models)
    except ModelError:
        return False
    return True


def _in_folder(file: ModelFile, source: Path) -> bytes:
    try:
        inside = _files_below(source)
        fitting = [each for each in inside if each.stat().st_size == file.bytes]
        for each in fitting:
            content = each.read_bytes()
            if file.is_right(content):
                return content
    except OSError as fault:
        raise ModelMissing(
            f"The folder {source} cannot be read ({fault.strerror}). Name the folder in which the "
            "files of the pack lie."
        ) from fault
    wrong = next((each for each in inside if each.name == file.name), None)
    if wrong is not None:
        raise ModelRejected(
            f"{wrong} is not the file in the manifest: its size or {file.digest} differs, "
            f"so it is another version, altered or cut short. Fetch it again: {file.upstream}"
        )
    raise _absent(file, f"The folder {source}")


def _files_below(source: Path) -> list[Path]:
    if not source.is_dir():
        raise NotADirectoryError(20, "there is no such folder")
    found: list[Path] = []
    for folder, _, names in os.walk(source):
        found += [Path(folder) / name for name in sorted(names)]
        if len(found) > MOST_LOOKED_AT:
            raise OSError(0, f"more than {MOST_LOOKED_AT} files; name a smaller one")
    return [each for each in found if each.is_file()]


def _in_archive(file: ModelFile, source: Path) -> bytes:
    """By content, too; members of another size are not unpacked, so that no archive can grow."""
    try:
        with zipfile.ZipFile(source) as archive:
            for member in archive.infolist():
                if member.file_size == file.bytes:
                    with archive.open(member) as stream:
                        content = stream.read(file.bytes + 1)
                    if file.is_right(content):
                        return content
    except UNREADABLE as fault:
        raise ModelRejected(
            f"{source} cannot be unpacked as a zip archive ({type(fault).__name__}). Name a "
            "folder, or the archive as it was published."
        ) from fault
    raise _absent(file, f"The archive {source}")


def _absent(file: ModelFile, where: str) -> ModelMissing:
    digest = file.sha256 or file.sha384
    return ModelMissing(
        f"{where} holds no {file.name} ({file.bytes} bytes, {file.digest} {digest}), "
        f"under this name or another. Put it there; it comes from {file.upstream}"
    )


def _write(path: Path, content: bytes) -> Path:
    """Under another name first, so that a kiosk that starts meanwhile finds all of it or none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=".installing-", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            # A kiosk may run under another account than whoever installs.
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise ModelMissing(
            f"{path} cannot be written ({fault.strerror}). Give this account the right to write "
            "there and make room, or set models.folder."
        ) from fault
    return path
