"""The one place that chooses adapters: from settings to a house.

Every constructor here is small and separate, so that the command line uses the same parts as
the kiosk, and `build` takes a replacement for any of them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.actuators import CommandCues, CommandDoor, NoDoor, SilentCues
from app.domain.light import LightUse
from app.domain.people import Secret
from app.domain.policy import Policy
from app.domain.source import SourceKind
from app.errors import GalleryLocked, KeyStoreError, SettingsError
from app.gallery.keys import key_store as provider_named
from app.gallery.passphrase import passphrase_from
from app.gallery.store import Store
from app.ports import (
    BadgeReader,
    Clock,
    Cues,
    Door,
    Examiner,
    FaceEngine,
    Frame,
    FrameSource,
    Keys,
    KeyStore,
    PinHasher,
)
from app.resources import resource
from app.runtime import in_force
from app.runtime.beside import Others
from app.runtime.clock import SystemClock
from app.runtime.eyes import NOBODY_ELSE
from app.runtime.house import House, Parts
from app.runtime.ledger import Open

if TYPE_CHECKING:
    from app.domain.picture import Picture
    from app.domain.source import Camera
    from app.settings import CameraSettings, Settings
    from app.vision.engine import Engine
    from app.vision.manifest import AntispoofPack, Manifest, Pack


def key_store(settings: Settings) -> KeyStore:
    """The provider named in `gallery.keys`; raises KeyStoreError."""
    gallery = settings.gallery
    return provider_named(gallery.keys, gallery.path, os.environ, _passphrase(settings))


def _passphrase(settings: Settings) -> Callable[[], Secret]:
    """From the file in `gallery.key_file`, FOYER_PASSPHRASE, or asked for where somebody sits."""
    prompt = None
    if sys.stdin.isatty():
        prompt = partial(_ask_passphrase, new=not settings.gallery.path.exists())
    return passphrase_from(os.environ, file=settings.gallery.key_file, prompt=prompt)


def _ask_passphrase(*, new: bool) -> Secret:
    """Twice for a gallery that is yet to be made: a slip would lock it for good."""
    passphrase = Secret(getpass("Passphrase of the gallery: "))
    if new and getpass("The passphrase again: ") != passphrase.text:
        raise KeyStoreError("The two passphrases were not the same. Try again.")
    return passphrase


def open_gallery(settings: Settings, *, create: bool = False) -> Store:
    """An open gallery; raises a GalleryError or KeyStoreError. Use and close it on this thread."""
    gallery = store(settings, key_store(settings), create=create)
    gallery.open()
    return gallery


def store(settings: Settings, keys: KeyStore, *, create: bool = False) -> Store:
    """The gallery named in the settings, not opened yet."""
    kept, lockout = settings.gallery, settings.policy().lockout
    return Store(
        kept.path,
        keys,
        lockout,
        create=create,
        keep_days=kept.keep_days,
        crops=kept.keep_crops,
    )


def pin_hasher(keys: Keys) -> PinHasher:
    """Argon2id with this gallery's pepper."""
    from app.credentials.pin import Argon2Hasher  # noqa: PLC0415 - not needed to show a setting

    return Argon2Hasher(keys.pepper)


def require_gallery(settings: Settings) -> None:
    """A kiosk starts on a gallery that was made on purpose, with an administrator's PIN.

    Raises GalleryLocked where there is none. Ephemeral keys cannot have one from before.
    """
    if not settings.gallery.path.exists() and settings.gallery.keys != "ephemeral":
        raise GalleryLocked(
            f"There is no gallery at {settings.gallery.path}. Make one with: foyer gallery init"
        )


def opener(settings: Settings, keys: KeyStore) -> Callable[[], Open]:
    """What the io thread calls to open the gallery, again after every fault."""

    def open_both() -> Open:
        gallery = store(settings, keys)
        gallery.open()
        try:
            in_force.note(gallery, settings, time.time())
            return Open(gallery, pin_hasher(_loaded(keys)))
        except BaseException:
            gallery.close()
            raise

    return open_both


def _loaded(keys: KeyStore) -> Keys:
    loaded = keys.load()
    if loaded is None:
        raise GalleryLocked("The gallery's keys are gone. Check the key provider.")
    return loaded


def models_folder(settings: Settings) -> Path:
    """Where installed model files lie."""
    return settings.models.folder


def face_engine(settings: Settings) -> Engine:
    """The packs named in `models.pack` and `models.passive`, not loaded yet; raises ModelRejected
    for an unknown name."""
    from app.vision.engine import Engine  # noqa: PLC0415 - the command line starts without models

    folder, antispoof = models_folder(settings), antispoof_pack(settings)
    passive = None
    if antispoof is not None:
        from app.vision.passive import PassiveScorer  # noqa: PLC0415 - onnxruntime comes with it

        passive = PassiveScorer(antispoof, folder)
    return Engine(face_pack(settings), folder, passive=passive, measured=True)


def examiner_of(settings: Settings, engine: Engine) -> Examiner | None:
    """Who looks closer at the faces of `engine`, the one of these settings; None where nobody
    measured what is usual of real faces with its pack."""
    from app.vision.signs import Examining  # noqa: PLC0415

    ordinary = face_pack(settings).ordinary
    return None if ordinary is None else Examining(engine.examine, ordinary.usual)


def face_pack(settings: Settings, name: str = "") -> Pack:
    """The pack of this name, or the one in `models.pack`, with what was measured on site; raises
    ModelRejected for an unknown name."""
    from app.vision import onsite  # noqa: PLC0415

    pack = manifest_of_packs().pack(name or settings.models.pack)
    return onsite.applied(pack, models_folder(settings))


def other_engines(settings: Settings) -> Others:
    """The packs named in `models.legacy` and `models.shadow`, not loaded yet; raises ModelRejected
    for an unknown name, SettingsError where one of them is the pack that decides."""
    from app.vision.engine import Engine  # noqa: PLC0415

    def named(name: str, key: str) -> FaceEngine | None:
        if not name:
            return None
        pack, deciding = face_pack(settings, name), face_pack(settings)
        if pack.space.id == deciding.space.id:
            raise SettingsError(
                f"{key} is {name}, whose space already decides. Name another pack, or leave it "
                "empty."
            )
        return Engine(pack, models_folder(settings), beside=deciding)

    legacy = named(settings.models.legacy, "models.legacy")
    return Others(legacy, named(settings.models.shadow, "models.shadow"))


def manifest_of_packs() -> Manifest:
    """What this version knows about model packs."""
    from app.vision import listing  # noqa: PLC0415 - numpy comes with it

    return listing.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))


def antispoof_pack(settings: Settings) -> AntispoofPack | None:
    """The pack named in `models.passive`, None without one; raises ModelRejected for an unknown
    name. `auto` takes the first of which any file is installed: what is half there is a fault to
    be mended, and no reason to go without."""
    from app.vision.packs import is_begun  # noqa: PLC0415

    named, packs = settings.models.passive, manifest_of_packs()
    if named == "none":
        return None
    if named != "auto":
        return packs.antispoof(named)
    folder = models_folder(settings)
    return next((pack for pack in packs.antispoofs if is_begun(pack, folder)), None)


def policy_of(settings: Settings) -> Policy:
    """The numbers the decision depends on, with those that come from the packs in use, and what
    a self-test of a camera holds for: this version and these packs."""
    policy, pack = settings.policy(), antispoof_pack(settings)
    own = 0.0 if pack is None else policy.passive.threshold or pack.threshold
    space = manifest_of_packs().pack(settings.models.pack).space.id
    looks = (__version__, settings.models.pack, space, pack.name if pack else "none")
    passive = replace(policy.passive, threshold=own)
    return replace(policy, passive=passive, engine=" ".join(looks))


def frame_source(settings: Settings) -> FrameSource:
    """The camera named in `camera.source`, with the one in `camera.second` beside it, not opened
    yet; raises SettingsError for a bad name."""
    from app.camera.choose import source_at  # noqa: PLC0415 - OpenCV is not always needed

    camera = settings.camera
    colour = source_at(
        camera.source,
        camera.width_px,
        camera.height_px,
        camera.rate_hz,
        steady=settings.light_use() is not LightUse.OFF,
    )
    return _paired(camera, colour) if camera.second else colour


def _paired(camera: CameraSettings, colour: FrameSource) -> FrameSource:
    from app.camera.choose import second_at  # noqa: PLC0415
    from app.camera.opencv import Wanted  # noqa: PLC0415
    from app.camera.paired import PairedCamera  # noqa: PLC0415

    wanted = Wanted(camera.width_px, camera.height_px, camera.rate_hz)
    second = second_at(camera.second, camera.second_kind, colour, wanted)
    return PairedCamera(colour, second, camera.affine)


def video_devices() -> list[tuple[str, Camera]]:
    """Every video device this system knows, by its path; empty where it does not say."""
    from app.camera.identity import devices  # noqa: PLC0415

    return list(devices())


def door(settings: Settings) -> Door:
    if not settings.door.command:
        return NoDoor()
    return CommandDoor(settings.door.command, settings.door.timeout_s)


def cues(settings: Settings) -> Cues:
    return CommandCues(settings.cues.command) if settings.cues.command else SilentCues()


def badge_readers(settings: Settings) -> tuple[BadgeReader, ...]:
    """Devices read on threads of their own; `keyboard` readers type into the window instead."""
    named = settings.reader.badge
    if named in {"keyboard", "none", ""}:
        return ()
    from app.credentials.evdev import KeyboardDevice  # noqa: PLC0415 - Linux only

    return (KeyboardDevice(named),)


def picture_of(frame: Frame) -> Picture:
    from app.runtime import pictures  # noqa: PLC0415 - OpenCV loads on the camera's thread

    return pictures.picture_of(frame)


@dataclass(frozen=True, slots=True)
class Replacements:
    """Adapters to use instead of those the settings name; None leaves the choice to them."""

    source: FrameSource | None = None
    engine: FaceEngine | None = None
    open_gallery: Callable[[], Open] | None = None
    keys: KeyStore | None = None
    door: Door | None = None
    cues: Cues | None = None
    clock: Clock | None = None
    readers: tuple[BadgeReader, ...] | None = None
    policy: Policy | None = None


def build(settings: Settings, instead: Replacements | None = None) -> House:
    """A house that is not started. Raises only for settings that name what does not exist."""
    given = instead or Replacements()
    policy = given.policy or policy_of(settings)
    source = given.source or frame_source(settings)
    engine, others = _engines(settings, given.engine)
    keys = given.keys or key_store(settings)
    opened = given.open_gallery or opener(settings, keys)
    readers = badge_readers(settings) if given.readers is None else given.readers
    parts = Parts(
        source=source,
        engine=engine,
        open_gallery=opened,
        door=given.door or door(settings),
        cues=given.cues or cues(settings),
        clock=given.clock or SystemClock(),
        picture_of=picture_of,
        readers=readers,
        status=lambda: facts(settings, keys, source, engine),
        others=others,
    )
    simulated = source.identity().kind is SourceKind.SIMULATED
    return House(parts, replace(policy, simulated=simulated))


def _engines(settings: Settings, given: FaceEngine | None) -> tuple[FaceEngine, Others]:
    """The engine that decides, and those beside it: none where one was given."""
    if given is not None:
        return given, NOBODY_ELSE
    engine = face_engine(settings)
    return engine, replace(other_engines(settings), examiner=examiner_of(settings, engine))


def facts(
    settings: Settings, keys: KeyStore, source: FrameSource, engine: FaceEngine
) -> tuple[tuple[str, str], ...]:
    """What the service screen says about how this kiosk is put together."""
    return (
        ("House", f"{settings.kiosk.house_name}, {settings.kiosk.place}"),
        ("Mode", str(settings.kiosk.mode)),
        ("Camera device", source.name),
        ("Model pack", f"{settings.models.pack} ({engine.space.id})"),
        ("Anti-spoof pack", pack.name if (pack := antispoof_pack(settings)) else "none"),
        ("Gallery file", str(settings.gallery.path)),
        ("Keys", keys.name),
        ("Badge reader", settings.reader.badge or "none"),
        ("Door wired", door(settings).name),
    )
