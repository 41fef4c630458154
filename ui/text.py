"""Every word the kiosk says. English stands here; other languages in `resources/locale`.

Each member of an enum that can reach the screen has its words in a table below, and a test
fails when one is missing. `pyside6-lupdate ui/text.py ui/words.py ui/selftest_text.py -ts …` keeps
the translations in step.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.journal import Factor, Purpose
from app.domain.liveness import Challenge
from app.domain.people import ClaimKind
from app.domain.reasons import Reason
from app.domain.states import Notice
from app.presentation import Busy, FaceDoor
from ui.translate import QT_TRANSLATE_NOOP, translated


@dataclass(frozen=True, slots=True)
class Said:
    """A short title and one sentence that says what to do, both already translated."""

    title: str
    sentence: str


def _isolated(name: str) -> str:
    """A name between marks that keep its reading direction to itself."""
    return f"\u2068{name}\u2069"


_REASONS: dict[Reason, tuple[str, str]] = {
    Reason.NO_FACE: (
        QT_TRANSLATE_NOOP("foyer", "We could not see you"),
        QT_TRANSLATE_NOOP(
            "foyer", "Stand in front of the screen so that your face fills the oval."
        ),
    ),
    Reason.SEVERAL_FACES: (
        QT_TRANSLATE_NOOP("foyer", "One at a time, please"),
        QT_TRANSLATE_NOOP("foyer", "Ask others to step back a little, then try again."),
    ),
    Reason.TOO_FAR: (
        QT_TRANSLATE_NOOP("foyer", "You were a little too far away"),
        QT_TRANSLATE_NOOP("foyer", "Come closer until your face fills the oval."),
    ),
    Reason.TOO_NEAR: (
        QT_TRANSLATE_NOOP("foyer", "You were a little too close"),
        QT_TRANSLATE_NOOP("foyer", "Take half a step back, so that your whole face fits the oval."),
    ),
    Reason.TOO_DARK: (
        QT_TRANSLATE_NOOP("foyer", "It was too dark to see you"),
        QT_TRANSLATE_NOOP("foyer", "Turn towards the light, or use your badge or PIN."),
    ),
    Reason.TOO_BRIGHT: (
        QT_TRANSLATE_NOOP("foyer", "The light was too strong"),
        QT_TRANSLATE_NOOP("foyer", "Turn away from the window or lamp, or use your badge or PIN."),
    ),
    Reason.BLURRED: (
        QT_TRANSLATE_NOOP("foyer", "The picture was not sharp"),
        QT_TRANSLATE_NOOP("foyer", "Hold still for a moment and try again."),
    ),
    Reason.CUT_OFF: (
        QT_TRANSLATE_NOOP("foyer", "We saw only part of your face"),
        QT_TRANSLATE_NOOP("foyer", "Move until your whole face is in the oval."),
    ),
    Reason.LOOK_STRAIGHT: (
        QT_TRANSLATE_NOOP("foyer", "Please look straight ahead"),
        QT_TRANSLATE_NOOP("foyer", "Face the screen first, and move only when it asks you to."),
    ),
    Reason.TILTED: (
        QT_TRANSLATE_NOOP("foyer", "Please hold your head upright"),
        QT_TRANSLATE_NOOP("foyer", "Face the screen with your head straight, and try again."),
    ),
    Reason.EYES_COVERED: (
        QT_TRANSLATE_NOOP("foyer", "We could not see your eyes"),
        QT_TRANSLATE_NOOP(
            "foyer", "Take off dark glasses or brush back your hair, or use your badge or PIN."
        ),
    ),
    Reason.MOUTH_COVERED: (
        QT_TRANSLATE_NOOP("foyer", "We could not see your nose and mouth"),
        QT_TRANSLATE_NOOP("foyer", "Lower your mask or scarf, or use your badge or PIN."),
    ),
    Reason.EYES_CLOSED: (
        QT_TRANSLATE_NOOP("foyer", "Your eyes were closed"),
        QT_TRANSLATE_NOOP("foyer", "Look at the camera with open eyes, and try again."),
    ),
    Reason.HOLD_STILL: (
        QT_TRANSLATE_NOOP("foyer", "Please hold still for a moment"),
        QT_TRANSLATE_NOOP("foyer", "Face the screen calmly, then follow the prompts."),
    ),
    Reason.CHALLENGE_MISSED: (
        QT_TRANSLATE_NOOP("foyer", "That took a little too long"),
        QT_TRANSLATE_NOOP("foyer", "Try again and follow the prompts, or use your badge or PIN."),
    ),
    Reason.WRONG_MOVEMENT: (
        QT_TRANSLATE_NOOP("foyer", "That was another movement"),
        QT_TRANSLATE_NOOP("foyer", "Try again with the movement shown, or use your badge or PIN."),
    ),
    Reason.TOO_SOON: (
        QT_TRANSLATE_NOOP("foyer", "You moved before you were asked"),
        QT_TRANSLATE_NOOP("foyer", "Wait for each prompt, then move, or use your badge or PIN."),
    ),
    Reason.TRACK_LOST: (
        QT_TRANSLATE_NOOP("foyer", "We lost sight of you"),
        QT_TRANSLATE_NOOP("foyer", "Stay in the oval until the end, or use your badge or PIN."),
    ),
    Reason.FACE_CHANGED: (
        QT_TRANSLATE_NOOP("foyer", "Let us start again"),
        QT_TRANSLATE_NOOP("foyer", "Stay in the oval on your own, or use your badge or PIN."),
    ),
    Reason.NOT_LIVE: (
        QT_TRANSLATE_NOOP("foyer", "We could not be sure this time"),
        QT_TRANSLATE_NOOP("foyer", "Try again with an even light, or use your badge or PIN."),
    ),
    Reason.NOT_RECOGNISED: (
        QT_TRANSLATE_NOOP("foyer", "We did not recognise you"),
        QT_TRANSLATE_NOOP("foyer", "Please use your badge or PIN. Reception is happy to help."),
    ),
    Reason.UNSURE: (
        QT_TRANSLATE_NOOP("foyer", "We want to be sure"),
        QT_TRANSLATE_NOOP("foyer", "Please show your badge or type your PIN as well."),
    ),
    Reason.WRONG_CREDENTIALS: (
        QT_TRANSLATE_NOOP("foyer", "That did not match"),
        QT_TRANSLATE_NOOP("foyer", "Check your badge or number and your PIN, and try once more."),
    ),
    Reason.LOCKED: (
        QT_TRANSLATE_NOOP("foyer", "Please wait a little"),
        QT_TRANSLATE_NOOP("foyer", "There were too many tries. Wait a minute or ask at reception."),
    ),
    Reason.NOT_YET_VALID: (
        QT_TRANSLATE_NOOP("foyer", "Your access has not started yet"),
        QT_TRANSLATE_NOOP("foyer", "Please ask at reception; they can see when it starts."),
    ),
    Reason.ENDED: (
        QT_TRANSLATE_NOOP("foyer", "Your access has ended"),
        QT_TRANSLATE_NOOP("foyer", "Please ask at reception; they can renew it."),
    ),
    Reason.SUSPENDED: (
        QT_TRANSLATE_NOOP("foyer", "Your access is on hold"),
        QT_TRANSLATE_NOOP("foyer", "Please ask at reception; they will sort it out with you."),
    ),
    Reason.FACTORS_OWED: (
        QT_TRANSLATE_NOOP("foyer", "One more step is needed"),
        QT_TRANSLATE_NOOP("foyer", "This entrance asks for your badge or number and your PIN."),
    ),
    Reason.DISPUTED: (
        QT_TRANSLATE_NOOP("foyer", "Thank you for telling us"),
        QT_TRANSLATE_NOOP("foyer", "We noted that this was not you. Please use your badge or PIN."),
    ),
    Reason.CANCELLED: (
        QT_TRANSLATE_NOOP("foyer", "Stopped, as you asked"),
        QT_TRANSLATE_NOOP("foyer", "Start again whenever you like."),
    ),
    Reason.TIMED_OUT: (
        QT_TRANSLATE_NOOP("foyer", "We stopped waiting"),
        QT_TRANSLATE_NOOP("foyer", "Start again whenever you are ready."),
    ),
    Reason.FACE_UNAVAILABLE: (
        QT_TRANSLATE_NOOP("foyer", "Face sign-in is resting"),
        QT_TRANSLATE_NOOP("foyer", "Please use your badge or PIN for now."),
    ),
    Reason.CAMERA_LOST: (
        QT_TRANSLATE_NOOP("foyer", "The camera went to sleep"),
        QT_TRANSLATE_NOOP("foyer", "Please use your badge or PIN for now."),
    ),
    Reason.CANNOT_RECORD: (
        QT_TRANSLATE_NOOP("foyer", "We could not write this down"),
        QT_TRANSLATE_NOOP("foyer", "So nothing was opened. Please go to reception."),
    ),
    Reason.FAULT: (
        QT_TRANSLATE_NOOP("foyer", "That did not work, and it is our fault"),
        QT_TRANSLATE_NOOP("foyer", "Please try again, or go to reception."),
    ),
}

#: While the camera looks: the one thing to mend, in as few words as possible.
_HINTS: dict[Reason, str] = {
    Reason.NO_FACE: QT_TRANSLATE_NOOP("foyer", "Step into the picture, please"),
    Reason.SEVERAL_FACES: QT_TRANSLATE_NOOP("foyer", "One person at a time, please"),
    Reason.TOO_FAR: QT_TRANSLATE_NOOP("foyer", "A little closer, please"),
    Reason.TOO_NEAR: QT_TRANSLATE_NOOP("foyer", "A little further back, please"),
    Reason.TOO_DARK: QT_TRANSLATE_NOOP("foyer", "More light on your face, please"),
    Reason.TOO_BRIGHT: QT_TRANSLATE_NOOP("foyer", "Less light on your face, please"),
    Reason.BLURRED: QT_TRANSLATE_NOOP("foyer", "Hold still, please"),
    Reason.CUT_OFF: QT_TRANSLATE_NOOP("foyer", "Whole face in the oval, please"),
    Reason.LOOK_STRAIGHT: QT_TRANSLATE_NOOP("foyer", "Look straight ahead, please"),
    Reason.TILTED: QT_TRANSLATE_NOOP("foyer", "Hold your head upright, please"),
    Reason.EYES_COVERED: QT_TRANSLATE_NOOP("foyer", "Uncover your eyes, please"),
    Reason.MOUTH_COVERED: QT_TRANSLATE_NOOP("foyer", "Uncover your nose and mouth, please"),
    Reason.EYES_CLOSED: QT_TRANSLATE_NOOP("foyer", "Open your eyes, please"),
    Reason.HOLD_STILL: QT_TRANSLATE_NOOP("foyer", "Hold still, please"),
}

_CHALLENGES: dict[Challenge, str] = {
    Challenge.TURN_LEFT: QT_TRANSLATE_NOOP("foyer", "Turn your head left"),
    Challenge.TURN_RIGHT: QT_TRANSLATE_NOOP("foyer", "Turn your head right"),
    Challenge.LOOK_UP: QT_TRANSLATE_NOOP("foyer", "Look up"),
    Challenge.BLINK: QT_TRANSLATE_NOOP("foyer", "Blink once"),
    Challenge.OPEN_MOUTH: QT_TRANSLATE_NOOP("foyer", "Open your mouth"),
    Challenge.MOVE_CLOSER: QT_TRANSLATE_NOOP("foyer", "Lean in, then back"),
}

_FACE_DOORS: dict[FaceDoor, str] = {
    FaceDoor.OPEN: QT_TRANSLATE_NOOP("foyer", "Follow a few prompts.\nNo picture is kept."),
    FaceDoor.WAKING: QT_TRANSLATE_NOOP("foyer", "Waking up. This takes a few seconds."),
    FaceDoor.UNAVAILABLE: QT_TRANSLATE_NOOP("foyer", "Resting now. Badge and PIN work as always."),
    FaceDoor.PAUSED: QT_TRANSLATE_NOOP("foyer", "Taking a short break. Badge and PIN work."),
}

_BUSY: dict[Busy, tuple[str, str]] = {
    Busy.WAKING: (
        QT_TRANSLATE_NOOP("foyer", "Good to see you"),
        QT_TRANSLATE_NOOP("foyer", "We are just opening. One moment, please."),
    ),
    Busy.CHECKING: (
        QT_TRANSLATE_NOOP("foyer", "One moment"),
        QT_TRANSLATE_NOOP("foyer", "Thank you, we are checking."),
    ),
}

_WELCOMES: dict[Purpose, str] = {
    Purpose.ENTER: QT_TRANSLATE_NOOP("foyer", "Welcome, {name}"),
    Purpose.CLOCK_IN: QT_TRANSLATE_NOOP("foyer", "Welcome, {name}"),
    Purpose.CLOCK_OUT: QT_TRANSLATE_NOOP("foyer", "Goodbye, {name}"),
}

_NOTICES: dict[Notice, str] = {
    Notice.RENEW: QT_TRANSLATE_NOOP("foyer", "Please let reception renew your face."),
    Notice.RENEWED: QT_TRANSLATE_NOOP("foyer", "Thank you, your face is renewed."),
    Notice.NOT_RENEWED: QT_TRANSLATE_NOOP("foyer", "Reception will renew your face."),
}

_DONE_AT: dict[Purpose, str] = {
    Purpose.ENTER: QT_TRANSLATE_NOOP("foyer", "Signed in at {time}"),
    Purpose.CLOCK_IN: QT_TRANSLATE_NOOP("foyer", "Clocked in at {time}"),
    Purpose.CLOCK_OUT: QT_TRANSLATE_NOOP("foyer", "Clocked out at {time}"),
}

_PURPOSES: dict[Purpose, str] = {
    Purpose.ENTER: QT_TRANSLATE_NOOP("foyer", "Sign in the way you like"),
    Purpose.CLOCK_IN: QT_TRANSLATE_NOOP("foyer", "Clock in the way you like"),
    Purpose.CLOCK_OUT: QT_TRANSLATE_NOOP("foyer", "Clock out the way you like"),
}

#: In the order in which factors are named together.
_FACTORS: dict[Factor, str] = {
    Factor.BADGE: QT_TRANSLATE_NOOP("foyer", "Badge"),
    Factor.NUMBER: QT_TRANSLATE_NOOP("foyer", "Number"),
    Factor.FACE: QT_TRANSLATE_NOOP("foyer", "Face"),
    Factor.PIN: QT_TRANSLATE_NOOP("foyer", "PIN"),
}

_CLAIMED_BY: dict[ClaimKind, str] = {
    ClaimKind.BADGE: QT_TRANSLATE_NOOP("foyer", "Thank you, we have read your badge."),
    ClaimKind.NUMBER: QT_TRANSLATE_NOOP("foyer", "It goes with your employee number."),
    ClaimKind.ADMIN: QT_TRANSLATE_NOOP("foyer", "Type the administrator's PIN."),
}


def reason(of: Reason) -> Said:
    title, sentence = _REASONS[of]
    return Said(translated(title), translated(sentence))


def hint(of: Reason) -> str:
    return translated(_HINTS[of]) if of in _HINTS else reason(of).title


def challenge(of: Challenge) -> str:
    return translated(_CHALLENGES[of])


def face_door(of: FaceDoor) -> str:
    return translated(_FACE_DOORS[of])


def busy(of: Busy) -> Said:
    title, sentence = _BUSY[of]
    return Said(translated(title), translated(sentence))


def welcome(purpose: Purpose, name: str) -> str:
    return translated(_WELCOMES[purpose]).replace("{name}", _isolated(name))


def notice(of: Notice) -> str:
    return translated(_NOTICES[of])


def offer() -> str:
    """The question to somebody whose face only the earlier model knows."""
    return translated(
        QT_TRANSLATE_NOOP(
            "foyer",
            "May we learn your face anew from this visit? No picture is kept.",
        )
    )


def done_at(purpose: Purpose, time: str) -> str:
    return translated(_DONE_AT[purpose]).replace("{time}", time)


def invitation(purpose: Purpose) -> str:
    return translated(_PURPOSES[purpose])


def purpose(of: Purpose) -> str:
    """What a half of the clock control says."""
    match of:
        case Purpose.CLOCK_IN:
            return translated(QT_TRANSLATE_NOOP("foyer", "Clock in"))
        case Purpose.CLOCK_OUT:
            return translated(QT_TRANSLATE_NOOP("foyer", "Clock out"))
        case Purpose.ENTER:
            return translated(QT_TRANSLATE_NOOP("foyer", "Sign in"))


def factors(of: frozenset[Factor]) -> str:
    """How somebody was let in: "Badge + PIN". A face alone stands with its prompts."""
    if of == {Factor.FACE}:
        return translated(QT_TRANSLATE_NOOP("foyer", "Face + prompts"))
    return " + ".join(translated(words) for factor, words in _FACTORS.items() if factor in of)


def claimed_by(of: ClaimKind) -> str:
    return translated(_CLAIMED_BY[of])


def greeting(hour: int) -> str:
    """`hour` 0..23 where the kiosk stands."""
    if 5 <= hour < 12:  # noqa: PLR2004 - hours of the day
        return translated(QT_TRANSLATE_NOOP("foyer", "Good morning"))
    if 12 <= hour < 18:  # noqa: PLR2004 - hours of the day
        return translated(QT_TRANSLATE_NOOP("foyer", "Good afternoon"))
    return translated(QT_TRANSLATE_NOOP("foyer", "Good evening"))


def step_of(step: int, steps: int) -> str:
    words = translated(QT_TRANSLATE_NOOP("foyer", "Step {step} of {steps}"))
    return words.replace("{step}", str(step)).replace("{steps}", str(steps))


def prompts_follow(steps: int) -> str:
    words = translated(QT_TRANSLATE_NOOP("foyer", "{steps} short prompts follow"))
    return words.replace("{steps}", str(steps))


def pin_count(typed: int, fewest: int) -> str:
    """For those who listen: how far the PIN has come, never which digits."""
    words = translated(
        QT_TRANSLATE_NOOP("foyer", "PIN: {typed} digits typed, at least {fewest} needed")
    )
    return words.replace("{typed}", str(typed)).replace("{fewest}", str(fewest))


def code(value: str) -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Code for whoever mends it: {code}")).replace(
        "{code}", value
    )


def language_name() -> str:
    """The name of the language that is on, in itself."""
    return translated(QT_TRANSLATE_NOOP("foyer", "English"))
