"""What the self-test says to an operator. Written and translated as in `ui/text.py`."""

from __future__ import annotations

from app.domain.assurance import Species, Trial
from app.domain.tiers import Tier
from app.presentation import CountView, SelfTestView
from ui import text
from ui.translate import QT_TRANSLATE_NOOP, translated

_SPECIES: dict[Species, str] = {
    Species.GENUINE: QT_TRANSLATE_NOOP("foyer", "Real person"),
    Species.PRINT: QT_TRANSLATE_NOOP("foyer", "Printed photo"),
    Species.PHONE: QT_TRANSLATE_NOOP("foyer", "Phone"),
    Species.TABLET: QT_TRANSLATE_NOOP("foyer", "Tablet"),
}

_TIERS: dict[Tier, str] = {
    Tier.UNTESTED: QT_TRANSLATE_NOOP("foyer", "Untested: at a door, a face needs the PIN as well"),
    Tier.LIMITED: QT_TRANSLATE_NOOP(
        "foyer", "Limited: a door opens to a face with its number, otherwise with the PIN"
    ),
    Tier.TRUSTED: QT_TRANSLATE_NOOP("foyer", "Trusted: a face alone may open a door"),
}


def species(of: Species) -> str:
    return translated(_SPECIES[of])


def tier(of: Tier) -> str:
    return translated(_TIERS[of])


def title() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Camera self-test"))


def heading() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Errors, and the rates they allow (95 %)"))


def result() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "So far"))


def count(of: CountView) -> str:
    """How many went wrong, between which rates the truth lies, and how many are still to go."""
    if of.n == 0:
        none = translated(QT_TRANSLATE_NOOP("foyer", "not tried yet · {left} to go"))
        return none.replace("{left}", str(of.wanted))
    if of.species is Species.GENUINE:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{errors} of {n} refused"))
    else:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{errors} of {n} let through"))
    said = words.replace("{errors}", str(of.errors)).replace("{n}", str(of.n))
    between = translated(QT_TRANSLATE_NOOP("foyer", "{low} to {high}\u00a0%"))
    said += " · " + between.replace("{low}", percent(of.low)).replace("{high}", percent(of.high))
    if of.errors == 0 and of.n < of.wanted:
        left = translated(QT_TRANSLATE_NOOP("foyer", "{left} to go"))
        said += " · " + left.replace("{left}", str(of.wanted - of.n))
    return said


def percent(rate: float) -> str:
    """One digit behind the point, and none for a whole number: "11.6", "0", "100"."""
    mark = translated(QT_TRANSLATE_NOOP("foyer", "."))
    return f"{100 * rate:.1f}".removesuffix(".0").replace(".", mark)


def now(view: SelfTestView) -> str:
    """One sentence: how the last trial ended, or what to do."""
    if view.storing:
        return translated(QT_TRANSLATE_NOOP("foyer", "Storing the result …"))
    if view.not_stored:
        return translated(QT_TRANSLATE_NOOP("foyer", "It could not be stored. Please try again."))
    if view.last is None:
        return translated(
            QT_TRANSLATE_NOOP(
                "foyer", "Choose what the camera will see, then follow the prompts with it."
            )
        )
    return last(view.last)


def last(trial: Trial) -> str:
    """How a trial ended, and whether that is as it should be."""
    why = text.reason(trial.reason).title if trial.reason is not None else ""
    if not trial.counted:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{what}: not counted. {why}"))
    elif trial.accepted and trial.wrong:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{what}: let through. That is an error."))
    elif trial.accepted:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{what}: let through, as it should be."))
    elif trial.wrong:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{what}: refused. {why}"))
    else:
        words = translated(QT_TRANSLATE_NOOP("foyer", "{what}: refused, as it should be."))
    return words.replace("{what}", species(trial.species)).replace("{why}", why).strip()


def trial_of(of: Species) -> str:
    """Below the picture while a trial is on."""
    words = translated(QT_TRANSLATE_NOOP("foyer", "Self-test: {what}. Nothing opens."))
    return words.replace("{what}", species(of))


def take_back() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Take the last one back"))


def start_anew() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Start anew"))


def store() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Store the result"))


def back() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Back"))


def stop_trial() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Stop this trial"))


def use_camera() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Use this camera"))


def try_camera() -> str:
    return translated(QT_TRANSLATE_NOOP("foyer", "Test the camera"))
