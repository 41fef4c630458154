"""Every setting there is, in one table: key, kind, default, limits, unit, and why.

The key is the dotted path in the TOML file, in `FOYER_…` variables (upper case, dots become
underscores) and after `--set`. Limits keep an administrator from setting what would break a
promise; rows of `policy.*` take their default from `app.domain.policy`.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from platformdirs import user_config_path, user_data_path

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
from app.domain.policy import Mode, QualityPolicy, Renewal, TimingPolicy
from app.domain.solidity import SolidityPolicy
from app.domain.tiers import AssurancePolicy, FaceAlone

Value = str | int | float | bool | tuple[str, ...]


class Kind(StrEnum):
    TEXT = "text"
    PATH = "path"
    WHOLE = "whole number"
    NUMBER = "number"
    SWITCH = "true or false"
    LIST = "list of texts"


@dataclass(frozen=True, slots=True)
class Option:
    """`low` and `high` are allowed values themselves; `choices` empty means any text.

    A text with this `beginning` is allowed beside the choices.
    """

    key: str
    kind: Kind
    default: Value
    why: str
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    beginning: str = ""

    @property
    def variable(self) -> str:
        return "FOYER_" + self.key.replace(".", "_").upper()

    @property
    def allowed(self) -> str:
        """What may be set, in words."""
        if self.choices:
            others = (f"{self.beginning}…",) if self.beginning else ()
            return "one of: " + ", ".join((*self.choices, *others))
        match self.kind:
            case Kind.WHOLE | Kind.NUMBER:
                unit = f" {self.unit}" if self.unit else ""
                return f"a {self.kind} from {self.low:g} to {self.high:g}{unit}"
            case Kind.TEXT:
                return "a text on one line"
            case Kind.PATH | Kind.LIST:
                return f"a {self.kind}"
            case Kind.SWITCH:
                return str(self.kind)
            case _ as never:
                assert_never(never)


def _text(key: str, default: str, why: str, *choices: str) -> Option:
    return Option(key, Kind.TEXT, default, why, choices=choices)


def _kiosk() -> tuple[Option, ...]:
    return (
        _text("kiosk.house_name", "Northgate House", "shown on every screen"),
        _text("kiosk.place", "Main entrance", "where this kiosk stands, for the service screen"),
        _text("kiosk.mode", Mode.DOOR.value, "what a visit is for", *Mode),
        _text("kiosk.layout", "auto", "the window's shape", "auto", "portrait", "landscape"),
        _text("kiosk.theme", "light", "colours", "light", "dark"),
        _text("kiosk.language", "en", "the first screen's language, such as en or de"),
        Option("kiosk.text_scale", Kind.NUMBER, 1.0, "larger type", low=1.0, high=1.5),
        Option("kiosk.reduced_motion", Kind.SWITCH, default=False, why="nothing moves"),
        Option("kiosk.fullscreen", Kind.SWITCH, default=True, why="a kiosk owns its screen"),
    )


def _parts() -> tuple[Option, ...]:
    data = user_data_path("foyer", appauthor=False)
    return (
        _text("camera.source", "0", "a number, /dev/v4l/by-id/…, http:, rtsp: or file: address"),
        Option("camera.width_px", Kind.WHOLE, 640, "asked of the camera", "px", 160, 3840),
        Option("camera.height_px", Kind.WHOLE, 480, "asked of the camera", "px", 120, 2160),
        Option("camera.rate_hz", Kind.NUMBER, 30.0, "asked of the camera", "Hz", 5, 120),
        _text("camera.second", "", "a second camera beside it, as camera.source; empty: none"),
        _text(
            "camera.second_kind",
            SecondKind.DEPTH.value,
            "what the second camera delivers",
            SecondKind.DEPTH.value,
            SecondKind.INFRARED.value,
        ),
        Option(
            "camera.second_align",
            Kind.LIST,
            (),
            "six numbers a b c d e f: x' = ax + by + c, y' = dx + ey + f; empty: the same view",
        ),
        Option("gallery.path", Kind.PATH, str(data / "gallery.db"), "the encrypted gallery"),
        _text(
            "gallery.keys",
            "keyring",
            "where the keys live",
            "keyring",
            "passphrase",
            "systemd-credential",
            "ephemeral",
        ),
        Option(
            "gallery.keep_crops",
            Kind.SWITCH,
            default=False,
            why="keep face pictures for the next model, encrypted, of who agreed",
        ),
        Option("gallery.key_file", Kind.PATH, "", "a private file with the passphrase, or empty"),
        Option(
            "evidence.keep_days",
            Kind.WHOLE,
            7,
            "how long what a face session was told is kept, to be judged again; 0: never stored",
            "days",
            0,
            90,
        ),
        _text("liveness.face_alone", "by-tier", "whether a face alone opens", *FaceAlone),
        _text(
            "liveness.light",
            LightUse.OFF.value,
            "colours around the picture that skin must reflect; never with kiosk.reduced_motion",
            *LightUse,
        ),
        _text("models.pack", "embedded", "a pack of models/manifest.toml"),
        _text(
            "models.passive",
            "auto",
            "an anti-spoof pack of models/manifest.toml; auto: one that is installed; or none",
        ),
        _text("models.legacy", "", "a second pack for who is not in the first; empty: none"),
        _text("models.shadow", "", "a pack that is asked and decides nothing; empty: none"),
        _text("models.renewal", "two-factors", "who may renew a legacy face here", *Renewal),
        Option("models.folder", Kind.PATH, str(data / "models"), "where installed packs lie"),
        Option(
            "reader.badge",
            Kind.TEXT,
            "keyboard",
            "a reader that types into the window, or a device of its own",
            choices=("keyboard", "none"),
            beginning="/dev/",
        ),
        Option("door.command", Kind.LIST, (), "run to open; empty: no door is wired"),
        Option("door.timeout_s", Kind.NUMBER, 3.0, "the door's time to answer", "s", 0.5, 30),
        Option("cues.command", Kind.LIST, (), "run with each sentence; empty: silent"),
    )


#: Policy numbers: unit, lowest, highest. What an administrator may not loosen is not given away.
LIMITS: dict[str, tuple[str, float, float]] = {
    "quality.min_eye_distance_px": ("px", 24, 200),
    "quality.max_width_share": ("of the frame", 0.3, 1.0),
    "quality.min_sharpness": ("grey levels squared", 5, 500),
    "quality.min_brightness": ("luma", 10, 120),
    "quality.max_brightness": ("luma", 140, 250),
    "quality.min_contrast": ("luma", 5, 60),
    "quality.min_completeness": ("of the box", 0.8, 1.0),
    "quality.frontal_yaw_deg": ("degrees", 5, 20),
    "quality.frontal_pitch_deg": ("degrees", 5, 25),
    "quality.frontal_roll_deg": ("degrees", 8, 30),
    "quality.rival_share": ("of our box", 0.3, 0.9),
    "quality.min_eye_contrast": ("log luma", 0.05, 0.3),
    "quality.max_eye_shade": ("log luma", 0.4, 1.0),
    "quality.min_mouth_contrast": ("log redness", 0.03, 0.2),
    "quality.covered_patience_s": ("s", 1, 8),
    "quality.min_eye_openness": ("of the width", 0, 0.1),
    "liveness.challenges": ("", 2, 5),
    "liveness.entropy_bits": ("effective bits", 0, 6.5),
    "liveness.closer_share": ("of the eye distance", 0.1, 0.5),
    "liveness.steady_s": ("s", 0.2, 3),
    "liveness.steady_frames": ("", 3, 30),
    "liveness.framing_s": ("s", 5, 60),
    "liveness.step_s": ("s", 3, 15),
    "liveness.reaction_s": ("s", 0.15, 0.5),
    "liveness.turn_deg": ("degrees", 12, 30),
    "liveness.look_up_deg": ("degrees", 8, 20),
    "liveness.blink_share": ("of open", 0.4, 0.85),
    "liveness.blink_longest_s": ("s", 0.5, 3),
    "liveness.hold_s": ("s", 0.03, 0.5),
    "liveness.mouth_gap": ("of its width", 0.1, 0.6),
    "liveness.mouth_hold_s": ("s", 0.2, 1),
    "liveness.neutral_share": ("of the threshold", 0.2, 0.7),
    "liveness.wrong_share": ("of the threshold", 1.0, 2.0),
    "liveness.track_gap_s": ("s", 0.1, 1),
    "liveness.stall_s": ("s", 0.5, 3),
    "liveness.wake_s": ("s", 1, 10),
    "liveness.absent_s": ("s", 3, 10),
    "liveness.match_frames": ("", 1, 8),
    "liveness.match_gap_s": ("s", 0.05, 0.5),
    "liveness.crowded_looks": ("", 0, 5),
    "continuity.again_s": ("s", 0.1, 1),
    "continuity.frozen_s": ("s", 0.3, 1),
    "continuity.loop_lag_s": ("s", 0.3, 1),
    "continuity.loop_share": ("", 0.4, 0.7),
    "continuity.cut_units": ("", 2, 6),
    "continuity.cut_calm": ("", 0.15, 0.3),
    "continuity.cut_s": ("s", 0.4, 1),
    "continuity.cut_gap_s": ("s", 0.04, 0.15),
    "continuity.stale_s": ("s", 1, 3),
    "continuity.replay_distance": ("", 1, 1.6),
    "memory.sessions": ("", 8, 128),
    "memory.keep_h": ("h", 1, 48),
    "solidity.min_relief": ("eye distances", 0.05, 0.2),
    "solidity.min_rigidity": ("", 0.75, 0.9),
    "solidity.max_contrast": ("", 0.6, 1.0),
    "solidity.rest_deg": ("degrees", 3, 7),
    "solidity.turn_deg": ("degrees", 8, 12),
    "solidity.look_up_deg": ("degrees", 5, 8),
    "solidity.rest_looks": ("", 3, 10),
    "solidity.peak_looks": ("", 2, 5),
    "light.symbol_s": ("s", 0.34, 1),
    "light.lag_s": ("s", 0.2, 1),
    "light.fewest_symbols": ("", 4, 20),
    "light.fewest_looks": ("", 10, 100),
    "light.correlation": ("", 0.5, 0.95),
    "light.likeness": ("of wrong codes", 0, 0.05),
    "light.gain": ("of the light there is", 0.002, 0.1),
    "light.replay_symbols": ("", 5, 20),
    "light.replay_correlation": ("", 0.9, 1.0),
    "light.replay_gain": ("of the light there is", 0.01, 0.5),
    "light.unlit_share": ("of the light behind", 0.0, 0.2),
    "matching.fpir": ("per stranger", 1e-6, 1e-2),
    "matching.claim_fmr": ("per impostor", 1e-6, 1e-4),  # NIST SP 800-63B-4
    "matching.margin": ("of the threshold", 0.0, 0.5),
    "matching.agreement_fmr": ("", 1e-4, 1e-2),
    "matching.track_fmr": ("", 1e-5, 1e-3),
    "matching.moment_fmr": ("", 1e-5, 1e-2),
    "passive.threshold": ("of 1; 0: the pack's own", 0, 0.9),
    "passive.min_looks": ("", 3, 20),
    "passive.frontal_deg": ("degrees", 10, 20),
    "passive.min_eye_distance_px": ("px", 40, 100),
    "passive.min_light": ("luma", 40, 100),
    "passive.min_around": ("luma", 40, 140),
    "passive.glare": ("luma", 160, 255),
    "passive.shaded": ("", 0.2, 0.7),
    "passive.min_lit": ("", 0.2, 0.8),
    "ageing.weight": ("of the newest visit", 0.05, 0.5),
    "ageing.visits": ("", 3, 50),
    "ageing.share": ("of the threshold", 0.5, 1.0),
    "ageing.months": ("months", 3, 120),
    "ageing.ask_again_days": ("days", 1, 90),
    "adapting.probe_share": ("of the threshold", 0.2, 0.9),
    "adapting.bound_share": ("of the threshold", 0.1, 0.6),
    "adapting.weight": ("of the visit", 0.05, 0.5),
    "adapting.days": ("days", 30, 365),
    "depth.min_nose_mm": ("mm", 8, 20),
    "depth.min_skin_ratio": ("", 1.2, 3),
    "depth.min_looks": ("", 3, 20),
    "depth.frontal_deg": ("degrees", 10, 20),
    "timing.idle_s": ("s", 3, 10),
    "timing.answer_s": ("s", 1, 15),
    "timing.granted_s": ("s", 2, 30),
    "timing.denied_s": ("s", 3, 30),
    "timing.service_idle_s": ("s", 10, 300),
    "timing.selftest_idle_s": ("s", 60, 900),
    "lockout.free_failures": ("", 1, 10),
    "lockout.first_delay_s": ("s", 30, 600),
    "lockout.longest_delay_s": ("s", 30, 86400),
    "assurance.trusted_apcer": ("", 0.01, 0.1),
    "assurance.trusted_bpcer": ("", 0.05, 0.3),
    "assurance.limited_apcer": ("", 0.05, 0.26),
    "assurance.limited_bpcer": ("", 0.1, 0.5),
    "assurance.retest_days": ("days", 1, 365),
}

POLICIES: dict[str, type] = {
    "quality": QualityPolicy,
    "liveness": LivenessPolicy,
    "continuity": ContinuityPolicy,
    "memory": MemoryPolicy,
    "solidity": SolidityPolicy,
    "light": LightPolicy,
    "matching": MatchPolicy,
    "timing": TimingPolicy,
    "passive": PassivePolicy,
    "depth": DepthPolicy,
    "lockout": LockoutPolicy,
    "ageing": AgeingPolicy,
    "adapting": AdaptPolicy,
    "assurance": AssurancePolicy,
}


def _policy() -> tuple[Option, ...]:
    """A row for every number of every policy; a number without limits is a KeyError."""
    rows = [
        Option("policy.number_length", Kind.WHOLE, 10, "digits a number may have", "", 1, 20),
        Option("policy.pin_fewest", Kind.WHOLE, 4, "digits a PIN must have", "", 4, 12),
        Option("policy.pin_longest", Kind.WHOLE, 12, "digits a PIN may have", "", 4, 12),
    ]
    for name, policy in POLICIES.items():
        for each in fields(policy):
            assert each.default is not MISSING  # noqa: S101 - every policy number has a default
            why = f"see {policy.__name__} in {policy.__module__.replace('.', '/')}.py"
            key = f"policy.{name}.{each.name}"
            if isinstance(each.default, bool):
                rows.append(Option(key, Kind.SWITCH, each.default, why))
                continue
            unit, low, high = LIMITS[f"{name}.{each.name}"]
            kind = Kind.WHOLE if isinstance(each.default, int) else Kind.NUMBER
            rows.append(Option(key, kind, each.default, why, unit, low, high))
    return tuple(rows)


def options() -> dict[str, Option]:
    """The table, by key, in the order it is shown."""
    return {option.key: option for option in (*_kiosk(), *_parts(), *_policy())}


def default_file() -> Path:
    """Where settings are looked for when no file is named."""
    return user_config_path("foyer", appauthor=False) / "foyer.toml"
