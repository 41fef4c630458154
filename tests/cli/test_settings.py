"""Settings: the strongest source wins, each says where it came from, and nothing unsafe passes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import Mode, Policy
from app.errors import SettingsError
from app.options import POLICIES, Kind, Option, default_file, options
from app.settings import load

NUMBERS = [option for option in options().values() if option.kind in (Kind.WHOLE, Kind.NUMBER)]


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "foyer.toml"


def refused(
    file: Path | None = None,
    environ: dict[str, str] | None = None,
    flags: dict[str, str] | None = None,
) -> str:
    with pytest.raises(SettingsError) as caught:
        load(file, environ or {}, flags or {})
    return str(caught.value)


# -- where a value comes from


def test_with_nothing_set_everything_is_its_default() -> None:
    settings = load(None, {}, {})
    for key, option in options().items():
        assert settings.table[key].value == option.default
        assert settings.table[key].origin == "default"
    assert settings.policy() == Policy()


def test_flags_win_over_variables_over_the_file_over_defaults(toml: Path) -> None:
    toml.write_text('[kiosk]\ntheme = "dark"\nplace = "Gate"\nhouse_name = "File"\n')
    environ = {"FOYER_KIOSK_PLACE": "Dock", "FOYER_KIOSK_HOUSE_NAME": "Variable"}
    settings = load(toml, environ, {"kiosk.house_name": "Flag"})
    assert settings.kiosk.theme == "dark"
    assert settings.kiosk.place == "Dock"
    assert settings.kiosk.house_name == "Flag"
    origins = {name: settings.table[f"kiosk.{name}"].origin for name in ("theme", "place")}
    assert origins == {"theme": str(toml), "place": "FOYER_KIOSK_PLACE"}
    assert settings.table["kiosk.house_name"].origin == "--set kiosk.house_name"
    assert settings.table["kiosk.mode"].origin == "default"


def test_the_default_file_is_read_where_it_is_and_not_missed_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load(None, {}, {}).kiosk.mode is Mode.DOOR
    default_file().parent.mkdir(parents=True, exist_ok=True)
    default_file().write_text('kiosk.mode = "clock"')
    settings = load(None, {}, {})
    assert settings.kiosk.mode is Mode.CLOCK
    assert settings.table["kiosk.mode"].origin == str(default_file())


def test_values_have_their_types(toml: Path) -> None:
    toml.write_text(
        'door.command = ["/usr/bin/relay", "--pin", "4"]\ncamera.rate_hz = 15\n'
        'kiosk.fullscreen = false\ngallery.path = "~/g.db"\n'
    )
    settings = load(toml, {"FOYER_CUES_COMMAND": "espeak -v 'en gb'"}, {"camera.width_px": "1280"})
    assert settings.door.command == ("/usr/bin/relay", "--pin", "4")
    assert settings.cues.command == ("espeak", "-v", "en gb")
    assert settings.camera.rate_hz == 15.0
    assert isinstance(settings.camera.rate_hz, float)
    assert settings.camera.width_px == 1280
    assert settings.kiosk.fullscreen is False
    assert settings.gallery.path == Path.home() / "g.db"
    assert settings.gallery.key_file is None


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = load(None, {}, {})
    with pytest.raises(FrozenInstanceError):
        settings.kiosk = settings.kiosk  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.table["kiosk.mode"] = settings.table["kiosk.theme"]  # type: ignore[index]


# -- the table


def test_every_number_of_every_policy_has_a_row_and_reaches_the_policy() -> None:
    for name, kind in POLICIES.items():
        for each in fields(kind):
            option = options()[f"policy.{name}.{each.name}"]
            edge: float = option.low if option.low != option.default else option.high
            text = str(int(edge)) if option.kind is Kind.WHOLE else repr(edge)
            if option.kind is Kind.SWITCH:
                edge = not option.default
                text = str(edge).lower()
            policy = load(None, {}, {option.key: text}).policy()
            assert getattr(getattr(policy, name), each.name) == edge, option.key


def test_every_default_is_within_its_own_limits() -> None:
    for option in NUMBERS:
        assert isinstance(option.default, int | float)
        assert option.low <= option.default <= option.high, option.key


def test_no_two_settings_share_a_variable() -> None:
    names = [option.variable for option in options().values()]
    assert len(set(names)) == len(names)


# -- what is refused


@pytest.mark.parametrize("option", NUMBERS, ids=lambda option: option.key)
def test_a_number_outside_its_limits_is_refused_and_its_limits_are_told(option: Option) -> None:
    for beyond in (option.low - 1, option.high + 1):
        text = str(int(beyond)) if option.kind is Kind.WHOLE else repr(float(beyond))
        message = refused(flags={option.key: text})
        assert option.key in message
        assert f"from {option.low:g} to {option.high:g}" in message
        assert option.unit in message


@pytest.mark.parametrize(
    ("key", "unsafe"),
    [
        ("policy.matching.fpir", "0.02"),
        ("policy.matching.claim_fmr", "0.002"),
        ("policy.matching.fpir", "nan"),
        ("policy.matching.fpir", "inf"),
        ("policy.liveness.challenges", "1"),
        ("policy.liveness.challenges", "0"),
        ("policy.liveness.reaction_s", "0.1"),
        ("policy.timing.idle_s", "11"),
        ("policy.lockout.free_failures", "11"),
        ("policy.lockout.first_delay_s", "29"),
        ("policy.pin_fewest", "3"),
    ],
)
def test_what_would_break_a_promise_cannot_be_set(key: str, unsafe: str) -> None:
    assert key in refused(flags={key: unsafe})


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ('camera.width_px = "wide"', "whole number"),
        ("camera.width_px = 640.5", "whole number"),
        ("camera.width_px = true", "whole number"),
        ("kiosk.house_name = 7", "text"),
        ('kiosk.house_name = "two\\nlines"', "one line"),
        ('kiosk.fullscreen = "perhaps"', "true or false"),
        ("kiosk.fullscreen = 1", "true or false"),
        ('kiosk.mode = "gate"', "door, clock-in, clock-out, clock"),
        ("door.command = [1]", "list of texts"),
        ("door.command = 1979-05-27", "list of texts"),
        ('reader.badge = "keybord"', "keyboard, none, /dev/"),
        ('gallery.path = ""', "path"),
        ('gallery.path = "~nobody-here/g.db"', "path"),
        ('gallery.keys = "plaintext"', "keyring, passphrase, systemd-credential, ephemeral"),
    ],
)
def test_a_wrong_kind_is_refused_with_the_file_the_key_and_what_is_allowed(
    toml: Path, line: str, allowed: str
) -> None:
    toml.write_text(line)
    message = refused(toml)
    assert str(toml) in message
    assert line.partition(" ")[0] in message
    assert allowed in message


def test_an_unknown_setting_is_refused_with_the_nearest_known_one(toml: Path) -> None:
    toml.write_text("[camera]\nwith_px = 640\n")
    message = refused(toml)
    assert str(toml) in message
    assert "camera.with_px" in message
    assert "Did you mean camera.width_px?" in message
    assert "Did you mean FOYER_KIOSK_THEME?" in refused(environ={"FOYER_KIOSK_TEME": "dark"})
    assert "Did you mean kiosk.theme?" in refused(flags={"kiosk.teme": "dark"})
    assert "foyer config show" in refused(flags={"zzz": "1"})


def test_a_setting_where_a_table_belongs_is_unknown(toml: Path) -> None:
    toml.write_text("kiosk = 1")
    assert "kiosk" in refused(toml)
    toml.write_text("[kiosk.mode]\nname = 'door'")
    assert "Did you mean kiosk.mode?" in refused(toml)


def test_malformed_toml_names_the_file_and_the_line(toml: Path) -> None:
    toml.write_text('[kiosk]\ntheme = "dark\n')
    message = refused(toml)
    assert str(toml) in message
    assert "line 2" in message
    toml.write_bytes(b"\xff\xfe[kiosk]")
    assert str(toml) in refused(toml)


def test_a_named_file_that_is_not_there_is_an_error_with_the_way_to_make_one(toml: Path) -> None:
    message = refused(toml)
    assert str(toml) in message
    assert "config init" in message


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    assert str(tmp_path) in refused(tmp_path)


def test_the_fewest_digits_of_a_pin_are_not_more_than_the_most() -> None:
    flags = {"policy.pin_fewest": "8", "policy.pin_longest": "6"}
    message = refused(flags=flags)
    assert "pin_fewest" in message
    assert "pin_longest" in message


def test_variables_of_ours_that_are_no_settings_are_left_alone() -> None:
    environ = {"FOYER_PASSPHRASE": "secret", "FOYER_DEBUG": "1", "FOYER_ASSETS": "/a", "PATH": "x"}
    settings = load(None, environ, {})
    assert "secret" not in repr(settings)


def trouble_with(file: Path | None, flags: dict[str, str]) -> str:
    """Why these settings are refused, or nothing."""
    try:
        load(file, {}, flags).policy()
    except SettingsError as fault:
        return str(fault)
    return ""


@given(key=st.sampled_from(sorted(options())), text=st.text(max_size=40))
def test_any_text_is_taken_within_its_limits_or_refused_by_name(key: str, text: str) -> None:
    message = trouble_with(None, {key: text})
    assert message == "" or key in message


@given(text=st.text(max_size=60))
def test_any_file_is_read_or_refused_with_its_name(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    message = trouble_with(file, {})
    assert message == "" or str(file) in message


@pytest.mark.parametrize(
    "line",
    [
        "camera.width_px = " + "9" * 400,
        "camera.rate_hz = " + "9" * 400,
        "camera.width_px = " + "9" * 6000,
        "camera.rate_hz = 1e999",
        "kiosk.place = " + "[" * 20_000,
    ],
    ids=["a huge whole number", "a huge number", "thousands of digits", "infinity", "deep nesting"],
)
def test_values_out_of_all_proportion_are_refused_in_a_short_line(toml: Path, line: str) -> None:
    toml.write_text(line)
    message = refused(toml)
    assert str(toml) in message
    assert len(message) < 500


PARTS = st.dictionaries(
    st.sampled_from([option.key for option in NUMBERS if "pin_" not in option.key]),
    st.sampled_from(["low", "high", "default"]),
)


@given(file=PARTS, environ=PARTS, flags=PARTS)
def test_whatever_is_set_where_the_strongest_source_wins_each_setting(
    file: dict[str, str],
    environ: dict[str, str],
    flags: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    known = options()

    def text(key: str, edge: str) -> str:
        value = getattr(known[key], edge)
        return str(int(value)) if known[key].kind is Kind.WHOLE else repr(float(value))

    path = tmp_path_factory.getbasetemp() / "strongest.toml"
    path.write_text("".join(f"{key} = {text(key, edge)}\n" for key, edge in file.items()))
    variables = {known[key].variable: text(key, edge) for key, edge in environ.items()}
    settings = load(path, variables, {key: text(key, edge) for key, edge in flags.items()})
    for key, setting in settings.table.items():
        origins = (
            (flags, f"--set {key}"),
            (environ, known[key].variable),
            (file, str(path)),
        )
        source, origin = next(
            ((each, name) for each, name in origins if key in each), ({key: "default"}, "default")
        )
        assert setting.origin == origin
        assert setting.value == getattr(known[key], source[key])
