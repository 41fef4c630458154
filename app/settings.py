"""The settings of this kiosk, each with the place it came from.

Flags win over `FOYER_…` variables, these over the TOML file, that over the defaults of
`app.options`. Whatever is malformed, unknown or out of range is a SettingsError that names the
place, the setting, what is allowed and what to do; nothing is guessed.
"""

from __future__ import annotations

import math
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.domain.adapting import AdaptPolicy
from app.domain.ageing import AgeingPolicy
from app.domain.continuity import ContinuityPolicy
from app.domain.depth import DepthPolicy, SecondKind
from app.domain.light import LightPolicy, LightUse
from app.domain.liveness_policy import LivenessPolicy
from app.domain.lockout import LockoutPolicy
from app.domain.matching import MatchPolicy
from app.domain.memory import MemoryPolicy
from app.domain.passive import PassivePolicy
from app.domain.policy import Mode, Policy, QualityPolicy, Renewal, TimingPolicy
from app.domain.solidity import SolidityPolicy
from app.domain.tiers import AssurancePolicy, FaceAlone
from app.errors import SettingsError
from app.options import POLICIES, Kind, Option, Value, default_file, options

#: Variables that begin with FOYER_ and are not settings.
OTHER_VARIABLES = frozenset(
    {"FOYER_ASSETS", "FOYER_CATALOGUE", "FOYER_DEBUG", "FOYER_PASSPHRASE", "FOYER_VISIT"}
)

#: How much of a wrong value an error repeats.
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it came from: `default`, a file, a variable's name or a flag."""

    value: Value
    origin: str


@dataclass(frozen=True, slots=True)
class KioskSettings:
    house_name: str
    place: str
    mode: Mode
    layout: str
    theme: str
    language: str
    text_scale: float
    reduced_motion: bool
    fullscreen: bool


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """`second_kind` is NONE where `second` names no camera; `second_align` is empty or six."""

    source: str
    width_px: int
    height_px: int
    rate_hz: float
    second: str
    second_kind: SecondKind
    second_align: tuple[float, ...]

    @property
    def affine(self) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
        """`second_align` as two rows, None where it is empty: both see the same view."""
        if not self.second_align:
            return None
        a, b, c, d, e, f = self.second_align
        return (a, b, c), (d, e, f)


@dataclass(frozen=True, slots=True)
class GallerySettings:
    """`key_file` is None where no file was named. `keep_days`: evidence of face sessions."""

    path: Path
    keys: str
    key_file: Path | None
    keep_days: int
    keep_crops: bool = False


@dataclass(frozen=True, slots=True)
class ModelSettings:
    pack: str
    folder: Path
    passive: str
    legacy: str = ""
    shadow: str = ""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    badge: str


@dataclass(frozen=True, slots=True)
class DoorSettings:
    command: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class CueSettings:
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them, typed; `table` holds every one with its origin."""

    kiosk: KioskSettings
    camera: CameraSettings
    gallery: GallerySettings
    models: ModelSettings
    reader: ReaderSettings
    door: DoorSettings
    cues: CueSettings
    table: Mapping[str, Setting]

    def light_use(self) -> LightUse:
        """Whoever wants nothing to move may be photosensitive: then there is no light."""
        if self.kiosk.reduced_motion:
            return LightUse.OFF
        return LightUse(str(self.table["liveness.light"].value))

    def policy(self) -> Policy:
        """The numbers the decision depends on."""
        return Policy(
            mode=self.kiosk.mode,
            quality=QualityPolicy(**_numbers(self.table, "quality")),
            liveness=LivenessPolicy(**_numbers(self.table, "liveness")),
            continuity=ContinuityPolicy(**_numbers(self.table, "continuity")),
            memory=MemoryPolicy(**_numbers(self.table, "memory")),
            solidity=SolidityPolicy(**_numbers(self.table, "solidity")),
            light=LightPolicy(**_numbers(self.table, "light")),
            light_use=self.light_use(),
            matching=MatchPolicy(**_numbers(self.table, "matching")),
            lockout=LockoutPolicy(**_numbers(self.table, "lockout")),
            timing=TimingPolicy(**_numbers(self.table, "timing")),
            passive=PassivePolicy(**_numbers(self.table, "passive")),
            depth=DepthPolicy(**_numbers(self.table, "depth")),
            second=self.camera.second_kind,
            ageing=AgeingPolicy(**_numbers(self.table, "ageing")),
            adapting=AdaptPolicy(**_numbers(self.table, "adapting")),
            renewal=Renewal(str(self.table["models.renewal"].value)),
            shadow=bool(self.models.shadow),
            assurance=AssurancePolicy(**_numbers(self.table, "assurance")),
            face_alone=FaceAlone(str(self.table["liveness.face_alone"].value)),
            number_length=_whole(self.table, "policy.number_length"),
            pin_lengths=(
                _whole(self.table, "policy.pin_fewest"),
                _whole(self.table, "policy.pin_longest"),
            ),
        )


def load(file: Path | None, environ: Mapping[str, str], flags: Mapping[str, str]) -> Settings:
    """Settings from a TOML file (None: the default one, if it is there), variables and flags."""
    known = options()
    table = {key: Setting(option.default, "default") for key, option in known.items()}
    for key, value, origin in _sources(file, environ, flags, known):
        table[key] = Setting(_checked(known[key], value, origin), origin)
    if _whole(table, "policy.pin_fewest") > _whole(table, "policy.pin_longest"):
        raise SettingsError(
            "policy.pin_fewest is larger than policy.pin_longest. Lower the first or raise the "
            "second."
        )
    return _typed(MappingProxyType(table))


def _sources(
    file: Path | None,
    environ: Mapping[str, str],
    flags: Mapping[str, str],
    known: Mapping[str, Option],
) -> Iterator[tuple[str, object, str]]:
    """Everything that was set, weakest source first: key, raw value, origin."""
    chosen = file or default_file()
    if file is not None or chosen.exists():
        for key, value in _flat(_read(chosen)):
            yield _known(key, known, str(chosen)), value, str(chosen)
    variables = {option.variable: key for key, option in known.items()}
    for name, text in environ.items():
        if name.startswith("FOYER_") and name not in OTHER_VARIABLES:
            if name not in variables:
                raise SettingsError(_unknown(name, variables, "the environment"))
            yield variables[name], text, name
    for key, text in flags.items():
        yield _known(key, known, "the command line"), text, f"--set {key}"


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"There is no settings file {path}. Make one with: foyer config init --config {path}"
        ) from None
    except OSError as fault:
        raise SettingsError(
            f"The settings file {path} cannot be read ({fault.strerror}). Check its permissions."
        ) from fault
    # Not TOML, not UTF-8, a number of thousands of digits, or brackets nested as deep.
    except (ValueError, RecursionError) as fault:
        raise SettingsError(
            f"The settings file {path} is not valid TOML: {fault}. Correct that line."
        ) from fault


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        key = f"{before}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _known(key: str, known: Mapping[str, Option], where: str) -> str:
    if key not in known:
        raise SettingsError(_unknown(key, known, where))
    return key


def _unknown(name: str, known: Mapping[str, object], where: str) -> str:
    near = get_close_matches(name, list(known), n=1)
    hint = f"Did you mean {near[0]}?" if near else "See: foyer config show"
    return f"{where} sets {name}, which is not a setting. {hint}"


def _checked(option: Option, raw: object, origin: str) -> Value:
    """The value in its kind and within its limits."""
    value = _converted(option, raw)
    fits = value is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A whole number may be larger than any other kind of number.
        is_number = isinstance(value, int) or math.isfinite(value)
        fits = is_number and option.low <= value <= option.high
    if option.choices and value not in option.choices:
        fits = bool(option.beginning) and str(value).startswith(option.beginning)
    if value is None or not fits:
        raise SettingsError(
            f"{option.key} is {_shown(raw)} in {origin}. It has to be {option.allowed}. "
            "Correct it there."
        )
    return value


def _shown(raw: object) -> str:
    """As it would be written in TOML, as near as matters."""
    text = str(raw).lower() if isinstance(raw, bool) else repr(raw)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _converted(option: Option, raw: object) -> Value | None:
    """`raw` in the option's kind, None where it is not of that kind. Texts come from outside."""
    match option.kind:
        case Kind.TEXT:
            return raw if isinstance(raw, str) and raw.isprintable() else None
        case Kind.PATH:
            return _path_of(raw, may_be_empty=not option.default)
        case Kind.SWITCH:
            if isinstance(raw, str):
                return {"true": True, "false": False}.get(raw.strip().lower())
            return raw if isinstance(raw, bool) else None
        case Kind.WHOLE:
            return _whole_of(raw)
        case Kind.NUMBER:
            return _number_of(raw)
        case Kind.LIST:
            if isinstance(raw, str):
                return _words_of(raw)
            if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
                return tuple(raw)
            return None


def _path_of(raw: object, *, may_be_empty: bool) -> str | None:
    """As it was written; `~` is the home folder, if there is one."""
    if not isinstance(raw, str) or not raw.isprintable() or not (raw or may_be_empty):
        return None
    try:
        Path(raw).expanduser()
    except RuntimeError:
        return None
    return raw


def _words_of(text: str) -> tuple[str, ...] | None:
    """A command line as a shell would split it, but never run by one."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return None


def _whole_of(raw: object) -> int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        try:
            return int(raw)
        except ValueError:
            return None
    return raw if isinstance(raw, int) else None


def _number_of(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    try:
        return float(raw)
    except (ValueError, OverflowError):
        return None


def _typed(table: Mapping[str, Setting]) -> Settings:
    def text(key: str) -> str:
        return str(table[key].value)

    def number(key: str) -> float:
        value = _number_of(table[key].value)
        assert value is not None  # noqa: S101 - checked when it was read
        return value

    def words(key: str) -> tuple[str, ...]:
        value = table[key].value
        return value if isinstance(value, tuple) else ()

    key_file = text("gallery.key_file")
    return Settings(
        kiosk=KioskSettings(
            house_name=text("kiosk.house_name"),
            place=text("kiosk.place"),
            mode=Mode(text("kiosk.mode")),
            layout=text("kiosk.layout"),
            theme=text("kiosk.theme"),
            language=text("kiosk.language"),
            text_scale=number("kiosk.text_scale"),
            reduced_motion=table["kiosk.reduced_motion"].value is True,
            fullscreen=table["kiosk.fullscreen"].value is True,
        ),
        camera=CameraSettings(
            source=text("camera.source"),
            width_px=_whole(table, "camera.width_px"),
            height_px=_whole(table, "camera.height_px"),
            rate_hz=number("camera.rate_hz"),
            second=text("camera.second"),
            second_kind=SecondKind(text("camera.second_kind"))
            if text("camera.second")
            else SecondKind.NONE,
            second_align=_six(words("camera.second_align")),
        ),
        gallery=GallerySettings(
            path=Path(text("gallery.path")).expanduser(),
            keys=text("gallery.keys"),
            key_file=Path(key_file).expanduser() if key_file else None,
            keep_days=_whole(table, "evidence.keep_days"),
            keep_crops=table["gallery.keep_crops"].value is True,
        ),
        models=ModelSettings(
            text("models.pack"),
            Path(text("models.folder")).expanduser(),
            text("models.passive"),
            text("models.legacy"),
            text("models.shadow"),
        ),
        reader=ReaderSettings(text("reader.badge")),
        door=DoorSettings(words("door.command"), number("door.timeout_s")),
        cues=CueSettings(words("cues.command")),
        table=table,
    )


def _six(words: tuple[str, ...]) -> tuple[float, ...]:
    numbers = [_number_of(word) for word in words]
    found = tuple(each for each in numbers if each is not None and math.isfinite(each))
    if len(words) not in {0, 6} or len(found) != len(words):
        raise SettingsError(
            f"camera.second_align is {_shown(list(words))}. It has to be empty or six numbers. "
            "Correct it there."
        )
    return found


def _whole(table: Mapping[str, Setting], key: str) -> int:
    value = _whole_of(table[key].value)
    assert value is not None  # noqa: S101 - checked when it was read
    return value


def _numbers(table: Mapping[str, Setting], policy: str) -> dict[str, Any]:
    """The fields of one policy, each of the kind its dataclass has: checked when it was read."""
    names = [each.name for each in fields(POLICIES[policy])]
    return {name: table[f"policy.{policy}.{name}"].value for name in names}
