from __future__ import annotations

import matplotlib
import pandas as pd

from immunosep_omics.figures import style


def test_an_endotype_keeps_its_colour_where_others_are_absent():
    every = style.endotype_colours(["E1", "E2", "E3"])
    assert style.endotype_colours(["E3"]) == {"E3": every["E3"]}


def test_given_labels_have_colours_in_order_of_their_names():
    assert list(style.endotype_colours(["SIP", "MALS"])) == ["MALS", "SIP"]


def test_labels_are_sorted_as_people_count():
    column = pd.Series(["E10", "E2", None, "E1", "E2"])
    assert style.labels_of(column) == ["E1", "E2", "E10"]


def test_colours_do_not_repeat_up_to_twelve_endotypes():
    colours = style.endotype_colours([f"E{i}" for i in range(1, 13)])
    assert len(set(colours.values())) == 12


def test_the_users_own_settings_change_nothing():
    @style.styled
    def size() -> object:
        return matplotlib.rcParams["font.size"], matplotlib.rcParams["pdf.fonttype"]

    with matplotlib.rc_context({"font.size": 30, "pdf.fonttype": 3}):
        assert size() == (7, 42)
        assert matplotlib.rcParams["font.size"] == 30


def test_long_names_are_cut():
    assert style.short("a" * 30, 10) == "a" * 9 + "\N{HORIZONTAL ELLIPSIS}"
    assert style.short("short", 10) == "short"


def test_jitter_is_spread_evenly_and_always_the_same():
    values = style.jitter(1000)
    assert (values == style.jitter(1000)).all()
    assert -0.5 <= values.min() < -0.49
    assert abs(values.mean()) < 0.01
