"""Why something did not go through, as one list: live hints and final refusals alike.

A person gets exactly one reason, and each has one helpful sentence in every language. Scores,
attack names and internals are never a reason.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    # One thing to mend in front of the camera; also why the face path gave up.
    NO_FACE = "no-face"
    SEVERAL_FACES = "several-faces"
    TOO_FAR = "too-far"
    TOO_NEAR = "too-near"
    TOO_DARK = "too-dark"
    TOO_BRIGHT = "too-bright"
    BLURRED = "blurred"
    CUT_OFF = "cut-off"
    LOOK_STRAIGHT = "look-straight"
    TILTED = "tilted"
    EYES_COVERED = "eyes-covered"
    MOUTH_COVERED = "mouth-covered"
    # Only at an enrolment: elsewhere people blink.
    EYES_CLOSED = "eyes-closed"
    HOLD_STILL = "hold-still"
    # The challenge was not met.
    CHALLENGE_MISSED = "challenge-missed"
    WRONG_MOVEMENT = "wrong-movement"
    TOO_SOON = "too-soon"
    TRACK_LOST = "track-lost"
    FACE_CHANGED = "face-changed"
    NOT_LIVE = "not-live"
    # Who it was could not be settled.
    NOT_RECOGNISED = "not-recognised"
    UNSURE = "unsure"
    WRONG_CREDENTIALS = "wrong-credentials"
    LOCKED = "locked"
    # The person is known and may not enter.
    NOT_YET_VALID = "not-yet-valid"
    ENDED = "ended"
    SUSPENDED = "suspended"
    FACTORS_OWED = "factors-owed"
    # The person took it back, or walked away.
    DISPUTED = "disputed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed-out"
    # The kiosk cannot.
    FACE_UNAVAILABLE = "face-unavailable"
    CAMERA_LOST = "camera-lost"
    CANNOT_RECORD = "cannot-record"
    FAULT = "fault"
