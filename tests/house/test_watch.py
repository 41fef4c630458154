"""The watch every test is under does see what it is there for."""

from __future__ import annotations

import logging
import os
import threading

import pytest

from tests.conftest import PROJECT, THREAD_GRACE_S, Logged, threads_left
from tests.fakes.clock import START_UTC_S, HandClock


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_that_goes_on_is_found(daemon: bool) -> None:
    before = set(threading.enumerate())
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="left-behind", daemon=daemon)
    thread.start()
    try:
        assert threads_left(before, grace_s=0.05) == [thread]
    finally:
        stop.set()
    assert threads_left(before, THREAD_GRACE_S) == []


def test_a_warning_nobody_expected_is_kept() -> None:
    watch = Logged()
    logger = logging.getLogger("foyer.watched")
    logger.addHandler(watch)
    logger.propagate = False
    try:
        logger.info("all is well")
        logger.warning("the camera went away")
        logger.error("nothing can be written")
    finally:
        logger.removeHandler(watch)
        logger.propagate = True
    watch.expect("foyer", "camera")
    assert watch.texts() == ["ERROR foyer.watched: nothing can be written"]
    with pytest.raises(AssertionError, match="logged nothing"):
        watch.expect("foyer", "camera")


def test_what_may_come_or_not_is_let_through(logged: Logged) -> None:
    logged.allow("foyer.watched", "late")
    logging.getLogger("foyer.watched").warning("one frame was late")
    assert logged.texts() == []


def test_a_test_in_which_qt_or_a_log_complains_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    pytester.makepyfile(
        """
        import logging
        from PySide6.QtCore import qWarning

        def test_qt():
            qWarning("something is off")

        def test_log():
            logging.getLogger("anything").warning("something is off")

        def test_calm():
            pass
        """
    )
    pytester.makeconftest("from tests.conftest import logged, _no_leaked_threads")
    pytester.makeini("[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1, errors=1)


def test_nothing_of_the_developers_own_kiosk_is_seen() -> None:
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert "foyer-tests-" in os.environ["XDG_DATA_HOME"]
    assert [name for name in os.environ if name.startswith("FOYER_")] in ([], ["FOYER_ASSETS"])


def test_the_hand_clock_moves_only_by_hand() -> None:
    clock = HandClock()
    assert clock.utc_s() == START_UTC_S
    start = clock.monotonic_s()
    clock.advance(1.5)
    clock.set_utc(0.0)
    clock.advance(1.0)
    assert clock.monotonic_s() == start + 2.5
    assert clock.utc_s() == 1.0
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1.0)
