"""Which face is which from one look to the next."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.observation import Box

#: Intersection over union from which two boxes are one face.
SAME = 0.3
#: A face may be unseen for this long and keep its number: a hand before it, one missed look, or
#: a machine so busy that it takes two looks a second. As long as a session waits (`track_gap_s`).
KEPT_S = 0.5


@dataclass(frozen=True, slots=True)
class Track:
    """`seen_s`: when it was last seen, on the clock of the frames."""

    number: int
    box: Box
    seen_s: float


class Tracker:
    """Numbers faces by overlap with where they were. A number is never given twice."""

    def __init__(self) -> None:
        self._last = 0
        self._tracks: tuple[Track, ...] = ()

    def expected(self, t_s: float) -> tuple[Box, ...]:
        """Where the faces followed at `t_s` were seen last."""
        self._expire(t_s)
        return tuple(track.box for track in self._tracks)

    def assign(self, boxes: list[Box], t_s: float) -> list[int]:
        """The number of each box seen at `t_s`, nearest pairs first."""
        self._expire(t_s)
        pairs = sorted(
            ((track.box.overlap(box), track, place) for track in self._tracks
             for place, box in enumerate(boxes)),
            key=lambda pair: -pair[0],
        )  # fmt: skip
        numbers: dict[int, int] = {}
        for overlap, track, place in pairs:
            if overlap >= SAME and place not in numbers and track.number not in numbers.values():
                numbers[place] = track.number
        for place in range(len(boxes)):
            if place not in numbers:
                self._last += 1
                numbers[place] = self._last
        seen = tuple(Track(numbers[place], box, t_s) for place, box in enumerate(boxes))
        unseen = tuple(t for t in self._tracks if t.number not in numbers.values())
        self._tracks = seen + unseen
        return [track.number for track in seen]

    def forget(self) -> None:
        """End every track; numbers go on from where they were."""
        self._tracks = ()

    def _expire(self, t_s: float) -> None:
        """Also ends tracks from the future: the clock of the frames started anew."""
        self._tracks = tuple(t for t in self._tracks if 0.0 <= t_s - t.seen_s <= KEPT_S)
