"""Words that never change with what is shown: buttons, headings, the sentences around them."""

from __future__ import annotations

from dataclasses import dataclass

from ui.translate import QT_TRANSLATE_NOOP, translated


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is said the same way every time, in the language that is on."""

    with_face: str
    badge_or_pin: str
    badge_sentence: str
    use_badge_or_pin: str
    use_face: str
    try_face_again: str
    camera_sleeps: str
    larger_text: str
    hold_badge: str
    or_number: str
    number_placeholder: str
    type_pin: str
    look_here: str
    look_ahead: str
    nothing_recorded: str
    cancel: str
    done: str
    not_me: str
    not_now: str
    renew: str
    somebody_else: str
    erase: str
    confirm: str
    how: str
    kept: str
    kept_facts: str
    simulated: str
    admin_title: str
    admin_sentence: str
    admin_checking: str
    service: str
    service_title: str
    service_status: str
    service_log: str
    service_back: str
    service_exit: str
    service_refresh: str
    service_reading: str
    resting_title: str
    resting_sentence: str


def words_now() -> Words:
    """All of them in the language that is on."""
    return Words(
        with_face=translated(QT_TRANSLATE_NOOP("foyer", "With my face")),
        badge_or_pin=translated(QT_TRANSLATE_NOOP("foyer", "Badge or PIN")),
        badge_sentence=translated(
            QT_TRANSLATE_NOOP("foyer", "Hold it to the reader\nor type your number.")
        ),
        use_badge_or_pin=translated(QT_TRANSLATE_NOOP("foyer", "Use badge or PIN")),
        use_face=translated(QT_TRANSLATE_NOOP("foyer", "Use my face")),
        try_face_again=translated(QT_TRANSLATE_NOOP("foyer", "Try my face again")),
        camera_sleeps=translated(QT_TRANSLATE_NOOP("foyer", "The camera sleeps until you choose.")),
        larger_text=translated(QT_TRANSLATE_NOOP("foyer", "Larger text")),
        hold_badge=translated(QT_TRANSLATE_NOOP("foyer", "Hold your badge to the reader")),
        or_number=translated(QT_TRANSLATE_NOOP("foyer", "or type your employee number")),
        number_placeholder=translated(QT_TRANSLATE_NOOP("foyer", "Employee number")),
        type_pin=translated(QT_TRANSLATE_NOOP("foyer", "Type your PIN")),
        look_here=translated(QT_TRANSLATE_NOOP("foyer", "Look at the screen")),
        look_ahead=translated(QT_TRANSLATE_NOOP("foyer", "Look straight ahead")),
        nothing_recorded=translated(QT_TRANSLATE_NOOP("foyer", "No picture is kept.")),
        cancel=translated(QT_TRANSLATE_NOOP("foyer", "Cancel")),
        done=translated(QT_TRANSLATE_NOOP("foyer", "Done")),
        not_me=translated(QT_TRANSLATE_NOOP("foyer", "Not me")),
        not_now=translated(QT_TRANSLATE_NOOP("foyer", "Not now")),
        renew=translated(QT_TRANSLATE_NOOP("foyer", "Yes, renew it")),
        somebody_else=translated(QT_TRANSLATE_NOOP("foyer", "I am somebody else")),
        erase=translated(QT_TRANSLATE_NOOP("foyer", "Erase the last digit")),
        confirm=translated(QT_TRANSLATE_NOOP("foyer", "Confirm")),
        how=translated(QT_TRANSLATE_NOOP("foyer", "How")),
        kept=translated(QT_TRANSLATE_NOOP("foyer", "We wrote down")),
        kept_facts=translated(QT_TRANSLATE_NOOP("foyer", "Name, time and how. No picture.")),
        simulated=translated(QT_TRANSLATE_NOOP("foyer", "SIMULATED")),
        admin_title=translated(QT_TRANSLATE_NOOP("foyer", "Service")),
        admin_sentence=translated(QT_TRANSLATE_NOOP("foyer", "Type the administrator's PIN.")),
        admin_checking=translated(QT_TRANSLATE_NOOP("foyer", "Checking …")),
        service=translated(QT_TRANSLATE_NOOP("foyer", "Service")),
        service_title=translated(QT_TRANSLATE_NOOP("foyer", "Service")),
        service_status=translated(QT_TRANSLATE_NOOP("foyer", "Status")),
        service_log=translated(QT_TRANSLATE_NOOP("foyer", "Log")),
        service_back=translated(QT_TRANSLATE_NOOP("foyer", "Back to visitors")),
        service_exit=translated(QT_TRANSLATE_NOOP("foyer", "Close the kiosk")),
        service_refresh=translated(QT_TRANSLATE_NOOP("foyer", "Read again")),
        service_reading=translated(QT_TRANSLATE_NOOP("foyer", "Reading …")),
        resting_title=translated(QT_TRANSLATE_NOOP("foyer", "This kiosk is resting")),
        resting_sentence=translated(
            QT_TRANSLATE_NOOP("foyer", "Please go to reception. They will help you.")
        ),
    )
