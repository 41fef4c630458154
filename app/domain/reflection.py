"""The light layer: whether what is on the screen is what lights this skin.

Light from the screen is added to what is there, so it changes the colour of the skin by the share
it adds, whatever the skin's own colour is; the wall behind is farther away and changes less
(inverse square). What is judged is therefore the logarithm of the skin's chroma, red over green
and blue over green in linear light, *minus* that of the surroundings: a camera that changes its
exposure or white balance multiplies both alike and cancels. Time, where the head is and how far
it is turned (also squared) are taken out of it, and out of every code; the rest is correlated
with the code at every lag, and so are 200 wrong codes.

    LIVE          the skin follows the code, more than nearly all other codes, and more than the
                  surroundings do
    REFUSED       `replay`: it plainly follows another code, and not ours. `unlit`: the
                  surroundings follow the code, and the skin, which is nearer, does not
    INCONCLUSIVE  too short, too bright a room, nothing to compare with

What it cannot tell: a print reflects like skin, and a face that is rendered in real time can be
lit by a renderer that sees the screen. A phone's picture returns next to no light, but where the
room is bright neither does a face: then nothing is said. In a room so dark that the screen is the
only lamp, with nothing near behind, even its glass returns enough to follow the code.

Measured, with the screen's light computed into pictures (nobody sat before a real screen):
animated photographs of 10 people, 4.4 s at 10, 15 and 30 looks a second, half of them under
coloured room light, a third behind an automatic white balance, 30 sessions each:

    the screen, all white, adds   0 %   1 %   2 %   4 %   8 %   15 %   to the room's light
    LIVE                            0     9    22    26    30     30   of 30; none was refused

15 pieces of film of talking heads, twice each: 1, 9, 12, 23 and 26 of 30 at 0, 2, 4, 8 and 15 %,
none refused (four had no surroundings in the picture). Judged by a wrong code 2 of 540 were LIVE.
Films of other lit visits, on glass in rooms of 4 to 15 %: 22 of 30 refused, none LIVE; injected:
9 of 10. Phones and injected films without a code: 30 of 30 INCONCLUSIVE. In 500 sessions made of
numbers alone, with up to 2 % of light and a turning head that changes its hue by a tenth, no
other code fitted better than 0.88 with a gain over 0.03; in 500 replays the median was 0.99.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.domain import light
from app.domain.evidence import Evidence, Finding, Layer, Look, Verdict
from app.domain.light import Hue, LightPolicy
from app.domain.observation import Colour

Array = NDArray[np.float64]

#: Wrong codes each answer is compared with, the same ones every time.
WRONG_CODES = 200
#: Lags are tried in steps of this many seconds, and another code's phases in as many parts.
LAG_STEP_S = 0.05
PHASES = 8
#: A change takes about this long to arrive: the screen fades and a picture takes its time. The
#: code is averaged over as many moments of it.
CHANGE_S, CHANGE_PARTS = 0.15, 4
#: A channel outside of these, of 255, is too dark to have a hue or cut off at white.
DARKEST, BRIGHTEST = 12.0, 250.0
#: Scatter of a mean of pixels from look to look that no camera beats, in natural logarithms.
LEAST_NOISE = 2e-4
#: Standard errors a bound stands off; twice two, because neighbouring looks err alike.
BOUND = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """`t_s` [n] since the light began; `skin` and `back` [n, 2] log chroma (red, blue);
    `quiet` [n, k] an orthonormal basis of what is taken out; `level` the skin's green light over
    that of the surroundings."""

    t_s: Array
    skin: Array
    back: Array
    quiet: Array
    level: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How well a code explains a signal: `correlation` -1..1, `gain` the share of light the
    screen would add if it were white, its standard `error`, and the `lag_s` they were best at."""

    correlation: float
    gain: float
    error: float
    lag_s: float


def judge(evidence: Evidence, policy: LightPolicy) -> Verdict:
    """What the light says of this session."""
    if evidence.lit_s is None:
        return Verdict(Layer.LIGHT, Finding.ABSENT)
    track = track_of(evidence.looks, evidence.lit_s)
    if track is None or not _long_enough(track, policy):
        return Verdict(Layer.LIGHT, Finding.INCONCLUSIVE, "brief")
    symbols = _symbols_at(track, policy)
    ours = _templates((light.code(evidence.nonce, symbols),))
    wrong = _wrong(symbols, ours)
    excess = track.skin - track.back
    answer, likeness = _answered(track, excess, ours, wrong, policy)
    measures = (
        ("correlation", answer.correlation),
        ("gain", answer.gain),
        ("lag_s", answer.lag_s),
        ("likeness", likeness),
        ("symbols", float(symbols)),
        ("looks", float(len(track.t_s))),
    )
    if (
        answer.correlation >= policy.correlation
        and likeness <= policy.likeness
        and answer.gain >= policy.gain
    ):
        return Verdict(Layer.LIGHT, Finding.LIVE, "", measures)
    if symbols < policy.replay_symbols:
        return Verdict(Layer.LIGHT, Finding.INCONCLUSIVE, "faint", measures)
    why, more = _accusation(track, ours, wrong, answer, policy)
    finding = Finding.REFUSED if why else Finding.INCONCLUSIVE
    return Verdict(Layer.LIGHT, finding, why or "faint", measures + more)


def _accusation(
    track: Track, ours: Array, wrong: Array, answer: Answer, policy: LightPolicy
) -> tuple[str, tuple[tuple[str, float], ...]]:
    """Why this cannot be skin before this screen, or an empty word; and what was measured."""
    behind, likeness = _answered(track, track.back, ours, wrong, policy)
    alone = _answer_at(behind.lag_s, track, track.skin, ours[0], policy)
    measures: tuple[tuple[str, float], ...]
    measures = (("behind", behind.correlation), ("behind_gain", behind.gain))
    if likeness <= policy.likeness and _is_unlit(track, behind, alone, policy):
        return "unlit", measures
    excess = track.skin - track.back
    # Where the wall follows our code more than the skin does, the difference does backwards.
    against, _ = _answered(track, -excess, ours, wrong, policy)
    if not max(answer.correlation, against.correlation) < policy.correlation:
        return "", measures
    other = _other_code(track, excess, policy)
    measures = (*measures, ("other", other.correlation), ("other_gain", other.gain))
    plain = other.correlation >= policy.replay_correlation and other.gain >= policy.replay_gain
    return "replay" if plain else "", measures


def track_of(looks: tuple[Look, ...], lit_s: float) -> Track | None:
    """What was measured since the light began, without looks that have a part missing."""
    rows = [
        (look.t_s - lit_s, *skin, *back, *_movement(look))
        for look in looks
        if look.t_s >= lit_s
        and (skin := _chroma(look.face.skin)) is not None
        and (back := _chroma(look.backdrop)) is not None
    ]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 10)
    table = table[np.isfinite(table).all(axis=1)]
    if len(table) < 2:  # noqa: PLR2004 - no line through one point
        return None
    t_s = table[:, 0]
    level = math.exp(float(np.median(table[:, 3] - table[:, 6])))
    turned = (table[:, 7] - np.median(table[:, 7])) ** 2
    lines = np.column_stack([np.ones_like(t_s), t_s, table[:, 7:10], turned])
    return Track(t_s, table[:, 1:3], table[:, 4:6], _orthonormal(lines), level)


def _chroma(colour: Colour | None) -> tuple[float, float, float] | None:
    """(log red/green, log blue/green, log green) in linear light; None where it has no hue."""
    if colour is None:
        return None
    channels = (colour.red, colour.green, colour.blue)
    if not all(DARKEST <= value <= BRIGHTEST for value in channels):
        return None
    red, green, blue = (math.log(_decoded(value / 255.0)) for value in channels)
    return red - green, blue - green, green


def _decoded(value: float) -> float:
    return float(((value + 0.055) / 1.055) ** 2.4) if value > 0.04045 else value / 12.92  # noqa: PLR2004


def _movement(look: Look) -> tuple[float, float, float]:
    """Where the head is turned and stands: other lights in the room are not from the front."""
    box = look.face.box
    return look.face.pose.yaw_deg, look.face.pose.pitch_deg, box.left + box.width / 2


def _orthonormal(lines: Array) -> Array:
    """An orthonormal basis of the columns that are not constant or double."""
    scaled = lines / np.maximum(np.linalg.norm(lines, axis=0), 1e-12)
    basis, sizes, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(basis[:, sizes > 1e-3 * sizes[0]])


def _quieted(of: Array, quiet: Array) -> Array:
    return np.asarray(of - quiet @ (quiet.T @ of))


def _long_enough(track: Track, policy: LightPolicy) -> bool:
    enough = _symbols_at(track, policy) >= policy.fewest_symbols
    return enough and len(track.t_s) >= policy.fewest_looks


def _symbols_at(track: Track, policy: LightPolicy) -> int:
    """Symbols that were begun before the last look."""
    return int(float(track.t_s.max()) / policy.symbol_s) + 1


def _templates(codes: tuple[tuple[Hue, ...], ...]) -> Array:
    """What each symbol adds to (red - green, blue - green), [codes, symbols, 2].

    In light that the camera shows as white, a little of the screen's light changes the logarithm
    of the chroma by just this times the gain.
    """
    adds = {hue: (red - green, blue - green) for hue, (red, green, blue) in light.LINEAR.items()}
    return np.array([[adds[hue] for hue in each] for each in codes], dtype=np.float64)


@cache
def _wrong_codes(symbols: int) -> Array:
    seeds = (hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(WRONG_CODES))
    return _templates(tuple(light.code(seed, symbols) for seed in seeds))


def _wrong(symbols: int, ours: Array) -> Array:
    """The wrong codes without one that happens to be ours."""
    codes = _wrong_codes(symbols)
    return np.asarray(codes[np.abs(codes - ours).max(axis=(1, 2)) > 0.0])


def _answered(
    track: Track, signal: Array, ours: Array, wrong: Array, policy: LightPolicy
) -> tuple[Answer, float]:
    """Our code's best answer over all lags, and the share of wrong codes with as good a one."""
    codes = np.concatenate([ours, wrong])
    noise = _noise(signal)
    best, at_s = np.full(len(codes), -np.inf), 0.0
    for lag_s in np.arange(0.0, policy.lag_s + LAG_STEP_S / 2, LAG_STEP_S):
        bins = _bins(track.t_s - lag_s, codes.shape[1], policy.symbol_s)
        fit = _Fit.of(bins, signal, track.quiet, noise)
        correlations = fit.correlations(codes)
        if correlations[0] > best[0]:
            at_s = float(lag_s)
        best = np.maximum(best, correlations)
    answer = _answer_at(at_s, track, signal, ours[0], policy)
    return answer, float(np.mean(best[1:] >= best[0]))


def _answer_at(
    lag_s: float, track: Track, signal: Array, code: Array, policy: LightPolicy
) -> Answer:
    """What one code explains of a signal at this lag."""
    bins = _bins(track.t_s - lag_s, len(code), policy.symbol_s)
    fit = _Fit.of(bins, signal, track.quiet, _noise(signal))
    return Answer(float(fit.correlations(code[None])[0]), *fit.gain(code), lag_s)


def _bins(since_s: Array, symbols: int, symbol_s: float) -> Array:
    """How much of each symbol is in each look, 0..1, one column each; before the first: none."""
    bins = np.zeros((len(since_s), symbols))
    for part in range(CHANGE_PARTS):
        place = np.floor((since_s - part * CHANGE_S / CHANGE_PARTS) / symbol_s)
        bins += place[:, None] == np.arange(symbols)[None, :]
    return np.asarray(bins / CHANGE_PARTS)


def _noise(signal: Array) -> Array:
    """Scatter of each axis from look to look, [2]: most neighbours show the same symbol."""
    steps = np.median(np.abs(np.diff(signal, axis=0)), axis=0)
    return np.asarray(np.maximum(1.4826 * steps / math.sqrt(2.0), LEAST_NOISE))


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Inner products of the symbols' bins with each other and with a signal, both quieted.

    A code is a sum of bins, so that every code's correlation follows from these.
    `spare`: degrees of freedom left for the noise.
    """

    shared: Array
    held: Array
    length: float
    noise: Array
    spare: int

    @staticmethod
    def of(bins: Array, signal: Array, quiet: Array, noise: Array) -> _Fit:
        rest = _quieted(signal, quiet) / noise
        moved = _quieted(bins, quiet)
        length = float(np.sqrt((rest**2).sum()))
        spare = max(2 * (len(signal) - quiet.shape[1]) - 1, 1)
        return _Fit(moved.T @ moved, moved.T @ rest, length, noise, spare)

    def correlations(self, codes: Array) -> Array:
        """Of each code [codes, symbols, 2] with the signal."""
        scaled = codes / self.noise
        held = (scaled * self.held).sum(axis=(1, 2))
        own = sum(((each @ self.shared) * each).sum(axis=1) for each in np.moveaxis(scaled, 2, 0))
        return self._correlation(held, np.asarray(own))

    def _correlation(self, held: Array, own: Array) -> Array:
        return np.asarray(held / np.maximum(np.sqrt(np.maximum(own, 0.0)) * self.length, 1e-9))

    def changed(self, code: Array, adds: Array) -> Array:
        """The correlation of `code` with one symbol replaced, [symbols, 4]."""
        scaled, steps = code / self.noise, (adds[None] - code[:, None]) / self.noise
        through = self.shared @ scaled
        held = (scaled * self.held).sum() + (steps * self.held[:, None]).sum(axis=2)
        own = (scaled * through).sum() + 2.0 * (steps * through[:, None]).sum(axis=2)
        own = own + np.diag(self.shared)[:, None] * (steps**2).sum(axis=2)
        return self._correlation(held, own)

    def gain(self, code: Array) -> tuple[float, float]:
        """The one factor of the code that fits best, and its standard error."""
        scaled = code / self.noise
        own = float((scaled * (self.shared @ scaled)).sum())
        if own <= 0.0:
            return 0.0, math.inf
        gain = float((scaled * self.held).sum()) / own
        left = max(self.length**2 - gain * gain * own, 0.0)
        return gain, math.sqrt(left / self.spare / own)


def _is_unlit(track: Track, behind: Answer, alone: Answer, policy: LightPolicy) -> bool:
    """The surroundings plainly follow the code, and the skin returns next to none of it.

    Compared is the light itself, gain times level, so that a person in the sun before a wall in
    the shade is not accused: there the share is small and the light is not.
    """
    if not (behind.correlation >= policy.replay_correlation and behind.gain >= policy.replay_gain):
        return False
    returned = (alone.gain + BOUND * alone.error) * track.level
    return returned < policy.unlit_share * behind.gain


def _other_code(track: Track, signal: Array, policy: LightPolicy) -> Answer:
    """The best answer of any code at any phase: what a recording of another visit would carry.

    Only looks that show one symbol alone are gone by. A code stands still in them, and steps
    between; a head that turns does neither.
    """
    noise, best = _noise(signal), Answer(-1.0, 0.0, math.inf, 0.0)
    symbols = _symbols_at(track, policy) + 1
    for phase in range(PHASES):
        lag_s = (phase / PHASES - 1.0) * policy.symbol_s
        bins = _bins(track.t_s - lag_s, symbols, policy.symbol_s)
        whole = bins.max(axis=1) > 1.0 - 1e-9
        if whole.sum() < policy.fewest_looks:
            continue
        quiet = _orthonormal(track.quiet[whole])
        fit = _Fit.of(bins[whole], signal[whole], quiet, noise)
        code = _decoded_code(fit)
        correlation = float(fit.correlations(code[None])[0])
        if correlation > best.correlation:
            best = Answer(correlation, *fit.gain(code), lag_s)
    return best


def _decoded_code(fit: _Fit) -> Array:
    """The code nearest to the signal: symbol by symbol from the means, then one change at a time
    for as long as one makes it fit better."""
    adds = _templates((tuple(Hue),))[0]
    levels = np.linalg.pinv(fit.shared, rcond=1e-6) @ fit.held * fit.noise
    levels = levels - levels.mean(axis=0)
    code = np.array(adds[np.argmax(levels @ (adds - adds.mean(axis=0)).T, axis=1)])
    reached = float(fit.correlations(code[None])[0])
    for _ in range(3 * len(code)):
        found = fit.changed(code, adds)
        place, symbol = np.unravel_index(int(found.argmax()), found.shape)
        if not found[place, symbol] > reached + 1e-9:
            break
        code[place], reached = adds[symbol], float(found[place, symbol])
    return np.asarray(code)
