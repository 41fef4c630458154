"""Measured recognition as one page that needs nothing else: tables, curves, and how it was done."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.errors import FoyerError
from app.evaluation.identification import Identified
from app.evaluation.identities import Measured
from app.evaluation.verification import Verified

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE = """
:root { color-scheme: light dark; --ink: #10231c; --soft: #5b6b64; --line: #dce3dd; --page: #f4f6f2;
  --card: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eaf2ee; --soft: #9bb0a7; --line: #2a3833;
  --page: #0d1412; --card: #16201d; } }
body { font: 16px/1.5 Inter, "Noto Sans", "Segoe UI", Cantarell, sans-serif; color: var(--ink);
  background: var(--page); margin: 0 auto; max-width: 60rem; padding: 2rem 1rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 20px;
  padding: 1rem 1.5rem; margin: 1.5rem 0; overflow-x: auto; }
h1, h2 { line-height: 1.2; } h2 { font-size: 1.25rem; margin: .5rem 0; }
p, caption { color: var(--soft); text-align: left; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; }
"""
#: Readable on light and on dark ground alike.
LINES = ("#0b8a67", "#b5700c", "#7a62c9", "#c2484c")
GREY = "#7c8b84"
#: More pairs of names than this are only in the JSON document.
SUSPECTS_NAMED = 30
#: No error at all is drawn here, as a logarithm has no place for it.
LEAST_DRAWN = 1e-5


class ReportUnwritable(FoyerError):
    """The folder for the report cannot be written to."""

    code = "evaluation-report"


def write(measured: Measured, folder: Path) -> Path:
    """index.html and report.json into `folder`, which is made where there is none."""
    page = folder / "index.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(measured), encoding="utf-8")
        document = json.dumps(measured.as_json(), indent=2, ensure_ascii=False)
        (folder / "report.json").write_text(document + "\n", encoding="utf-8")
    except OSError as fault:
        raise ReportUnwritable(
            f"{folder} cannot be written to ({fault.strerror}). Name another with --report."
        ) from fault
    return page


def _page(measured: Measured) -> str:
    document = measured.as_json()
    name, when = html.escape(measured.asked.job.pack), html.escape(str(document["measured"]))
    parts = [
        f"<h1>Recognition with {name}</h1>",
        (
            f"<p>{measured.images:,} pictures of {measured.people:,} people "
            f"({html.escape(measured.asked.data.name)}), {when}. In "
            f"{100 * measured.fta:.2f} % of them no face could be used.</p>"
        ),
        _section(
            "One picture against one",
            "False non-match rate (FNMR) at a false match rate (FMR), every picture with every "
            "other. Intervals are 95 %, from drawing people anew. "
            f"On the {measured.pairs:,} listed pairs {100 * measured.accuracy:.2f} % of the "
            f"answers are right ({measured.pairs_failed} pairs without a face, "
            f"{measured.pairs_missing} not in the folder).",
            _verification_table(measured.single),
        ),
        *(
            _section(
                f"Template of {name.partition('+')[0]}, probe of {name.partition('+')[2]}",
                "Means of several pictures of one person, as the kiosk takes them.",
                _verification_table(each),
            )
            for name, each in measured.fused.items()
        ),
        _section(
            "Trade-off",
            "Detection error trade-off; down and left is better. Bands are 95 %, over people; what "
            "was never seen is drawn at the bottom.",
            _curves(measured),
        ),
        _identification(measured),
        _quality(measured),
        _groups(measured),
        _speed(measured),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Recognition with {name}</title><style>{STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def _section(title: str, said: str, content: str) -> str:
    return f"<section><h2>{html.escape(title)}</h2><p>{html.escape(said)}</p>{content}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(each)}</{tag}>" for each in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows)
    return f"<table><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"


def _share(value: float) -> str:
    return f"{100 * value:.2f} %"


def _verification_table(each: Verified) -> str:
    head = ("FMR", "distance", "FNMR", "95 %", "FMR 95 %", "genuine", "impostor")
    return _table(
        head,
        (
            (
                f"{row.fmr:.0e}",
                f"{row.threshold:.4f}",
                _share(row.fnmr),
                f"{_share(row.fnmr_interval[0])} to {_share(row.fnmr_interval[1])}",
                f"{row.fmr_interval[0]:.1e} to {row.fmr_interval[1]:.1e}",
                f"{row.n_genuine:,}",
                f"{row.n_impostor:,}",
            )
            for row in each.rows
        ),
    )


def _curves(measured: Measured) -> str:
    """DET curves as a drawing in the page."""
    figure, axes = _drawing()
    curves = {"one against one": measured.single, **measured.fused}
    for colour, (name, each) in zip(LINES, curves.items(), strict=False):
        rates, missed = each.curve()
        if not len(rates) or not each.genuine:
            continue
        low, high = each.band(rates)
        axes.plot(rates, np.maximum(missed, LEAST_DRAWN), color=colour, label=name)
        shown = (np.maximum(low, LEAST_DRAWN), np.maximum(high, LEAST_DRAWN))
        axes.fill_between(rates, *shown, color=colour, alpha=0.2, linewidth=0)
    axes.set(xscale="log", yscale="log", xlabel="false match rate", ylabel="false non-match rate")
    return _finished(figure, axes)


def _named_curves(measured: Measured) -> str:
    """Strangers named and people not named by the size of the gallery, as a drawing in the page."""
    figure, axes = _drawing()
    each = measured.identification
    sizes = [row.gallery for row in each]
    drawn = (
        ("strangers named (FPIR)", [row.fpir for row in each], [row.fpir_interval for row in each]),
        ("not named (FNIR)", [row.fnir for row in each], [row.fnir_interval for row in each]),
    )
    for colour, (name, rates, intervals) in zip(LINES, drawn, strict=False):
        shown = np.maximum(rates, LEAST_DRAWN)
        ends = np.maximum(np.array(intervals).T, LEAST_DRAWN)
        axes.plot(sizes, shown, "o-", color=colour, label=name)
        axes.fill_between(sizes, ends[0], ends[1], color=colour, alpha=0.2, linewidth=0)
    target = measured.asked.policy.fpir
    axes.axhline(target, color=GREY, linestyle="--", label=f"target {target:g}")
    axes.set(xscale="log", yscale="log", xlabel="people enrolled", ylabel="rate")
    return _finished(figure, axes)


def _drawing() -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415 - a second to load
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 5), layout="constrained")
    FigureCanvasSVG(figure)
    return figure, figure.add_subplot()


def _finished(figure: Figure, axes: Axes) -> str:
    """The drawing as SVG text, without ground of its own."""
    axes.grid(visible=True, which="both", color=GREY, alpha=0.25)
    for part in (axes.xaxis.label, axes.yaxis.label):
        part.set_color(GREY)
    axes.tick_params(colors=GREY, which="both")
    for side in axes.spines.values():
        side.set_color(GREY)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, labelcolor=GREY)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]


def _identification(measured: Measured) -> str:
    if not measured.identification:
        return _section(
            "Naming somebody",
            "Not measured: this pack has no calibration, and these are too few people to make one. "
            "Give pictures of more people.",
            "",
        )
    head = (
        "people",
        "templates",
        "FPIR",
        "95 %",
        "strangers",
        "FNIR",
        "tries",
        "misnamed",
        "unsure",
    )

    def rows(found: Iterable[Identified]) -> list[list[str]]:
        return [_identified_row(each) for each in found]

    said = (
        "The kiosk's own decision: how often a stranger is named (FPIR; target "
        f"{measured.asked.policy.fpir:g}), and how often somebody enrolled is not named (FNIR), "
        "those asked for a badge included. Strangers who were asked for a badge are not named. "
        f"Distances are judged by {measured.decided_by}."
    )
    table = _table(head, rows(measured.identification))
    whole = _section("Naming somebody", said, table + _named_curves(measured))
    if not measured.suspects:
        return whole
    doubted = (
        f"Without {len(measured.suspects)} pairs of names under which one person seems to stand, "
        "which have to be looked at by eye: "
        + "; ".join(" = ".join(each) for each in measured.suspects[:SUSPECTS_NAMED])
    )
    apart = _table(head, rows(measured.without_suspects))
    return whole + _section("… without doubtful names", doubted, apart)


def _identified_row(each: Identified) -> list[str]:
    return [
        f"{each.gallery:,}",
        f"{each.templates:,.0f}",
        f"{100 * each.fpir:.3f} %",
        f"{100 * each.fpir_interval[0]:.3f} to {100 * each.fpir_interval[1]:.3f} %",
        f"{each.n_strangers:,}",
        _share(each.fnir),
        f"{each.n_enrolled:,}",
        f"{each.misnamed:,}",
        _share(each.unsure_enrolled),
    ]


def _quality(measured: Measured) -> str:
    if not measured.by_quality:
        return ""
    rows = ((f"{100 * share:.0f} %", _share(fnmr)) for share, fnmr in measured.by_quality)
    said = "Genuine pairs missed at a common threshold without the worst pictures."
    return _section("What quality is worth", said, _table(("left out", "FNMR"), rows))


def _groups(measured: Measured) -> str:
    if not measured.groups:
        return ""
    rows = (
        (
            each.name,
            f"{each.people:,}",
            _share(each.fnmr),
            f"{each.n_genuine:,}",
            f"{each.fmr:.1e}",
            f"{each.n_impostor:,}",
        )
        for each in measured.groups
    )
    head = ("group", "people", "FNMR", "genuine", "FMR within", "impostor")
    said = "At one threshold for all. Strangers are taken from the same group, as look-alikes are."
    return _section("Groups", said, _table(head, rows))


def _speed(measured: Measured) -> str:
    costs = measured.as_json()["ms"]
    rows = [
        (name, str(each["median"]), str(each["p95"]), str(each["n"]))
        for name, each in (costs.items() if isinstance(costs, dict) else ())
        if isinstance(each, dict)
    ]
    said = (
        "Milliseconds of one core: finding faces, marking them, both with all that is measured of "
        "them (observe), and cutting out and embedding one."
    )
    return _section("Speed", said, _table(("step", "median", "95th percentile", "n"), rows))
