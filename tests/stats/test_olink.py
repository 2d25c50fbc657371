"""Olink's normalisations: by hand, laws, and the authors' own bridged values of two plates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from openpyxl import load_workbook

from immunosep_omics.stats.olink import bridge_shift, intensity_shifts, plate_control_shifts

PLATE = np.repeat([4, 7], 6)
SHARED = Path(__file__).parents[3] / "shared" / "data"


def world() -> NDArray[np.float64]:
    """Two plates of six wells, the second a unit higher in every protein."""
    rng = np.random.default_rng(1)
    return np.asarray(rng.normal(size=(12, 5)) + (PLATE == 7)[:, None])


def test_controls_take_the_target_on_every_plate() -> None:
    values, control, target = world(), np.arange(12) % 6 < 3, np.arange(5.0)
    shifted = plate_control_shifts(values, PLATE, control, target).apply(values, PLATE)
    for code in (4, 7):
        own = shifted[control & (code == PLATE)]
        np.testing.assert_allclose(np.median(own, axis=0), target, atol=1e-12)
    at_zero = plate_control_shifts(values, PLATE, control).apply(values, PLATE)
    np.testing.assert_allclose(at_zero + target, shifted)


def test_a_plate_without_control_is_refused() -> None:
    with pytest.raises(ValueError, match="no control"):
        plate_control_shifts(world(), PLATE, PLATE == 4)


def test_intensities_of_plates_agree_and_a_plate_alone_stays() -> None:
    values = world()
    values[0, 0] = np.nan
    shifts = intensity_shifts(values, PLATE)
    shifted = shifts.apply(values, PLATE)
    first, second = (np.nanmedian(shifted[code == PLATE], axis=0) for code in (4, 7))
    np.testing.assert_allclose(first, second)
    np.testing.assert_allclose(first, np.nanmedian(values, axis=0))
    np.testing.assert_array_equal(np.isnan(shifted), np.isnan(values))
    alone = values[PLATE == 4]
    np.testing.assert_allclose(
        intensity_shifts(alone, PLATE[:6]).apply(alone, PLATE[:6]), alone, atol=1e-12
    )
    np.testing.assert_array_equal(shifts.apply(values[8:9], PLATE[8:9]), shifted[8:9])
    with pytest.raises(ValueError, match="not among"):
        shifts.apply(values, PLATE + 1)


def test_a_later_plate_is_brought_to_the_frozen_target() -> None:
    values = world()
    centre = np.median(values[:6], axis=0)
    later = intensity_shifts(values[6:], PLATE[6:], centre).apply(values[6:], PLATE[6:])
    np.testing.assert_allclose(np.median(later, axis=0), centre)


def test_bridges_by_hand() -> None:
    reference = np.array([[1.0, 5], [2, np.nan], [9, 7]])
    other = np.array([[0.0, 4], [4, 8], [6, 6]])
    np.testing.assert_array_equal(bridge_shift(reference, other), [1, 1])
    np.testing.assert_array_equal(bridge_shift(reference, other, paired=False), [-2, 0])
    np.testing.assert_array_equal(bridge_shift(reference, reference), [0, 0])
    with pytest.raises(ValueError, match="not the same"):
        bridge_shift(reference, other[:2])
    nowhere = bridge_shift(np.full((2, 1), np.nan), np.ones((2, 1)))
    np.testing.assert_array_equal(nowhere, [np.nan])


class Sheet:
    """Numbers of one sheet, by protein and by sample (spaces left out of the names)."""

    def __init__(self, rows: list[tuple[object, ...]]) -> None:
        top = next(number for number, row in enumerate(rows) if row[0] == "Assay")
        self.columns = {str(name).strip(): place for place, name in enumerate(rows[top]) if name}
        self.rows = {_key(row[0]): row for row in rows[top + 1 :] if row[0] is not None}

    def of(self, samples: list[str], proteins: list[str]) -> NDArray[np.float64]:
        places = [self.columns[name] for name in proteins]
        return np.array([[self.rows[s][p] for p in places] for s in samples], dtype=float)


def _key(name: object) -> str:
    return str(name).replace(" ", "")


@pytest.mark.parametrize(("plate", "bridges", "samples"), [(1, 7, 86), (2, 11, 84)])
def test_the_authors_bridged_values_are_reproduced(plate: int, bridges: int, samples: int) -> None:
    """Radboud brought to Hannover by the difference of medians, as the authors' sheets say.

    They leave out proteins seldom detected; every protein they keep and every sample is compared.
    """
    file = SHARED / f"olink_covid/Radboud_integration_INF_pl{plate}.xlsx"
    if not file.exists():
        pytest.skip("the Radboud workbooks are not there")
    book = load_workbook(file, data_only=True, read_only=True)
    hannover, original, final = (
        Sheet(list(book[name].iter_rows(values_only=True)))
        for name in ("MHH original", "Radboud original", "Radboud final")
    )
    listed = [row[0] for row in book["Bridging samples"].iter_rows(values_only=True, max_row=14)]
    shared = [_key(name) for name in listed if str(name).startswith("RUMC_")]
    assert len(shared) == bridges
    proteins = list(final.columns)[1:]
    everyone = list(final.rows)
    assert (len(everyone), len(proteins)) == (samples, 62)
    shift = bridge_shift(hannover.of(shared, proteins), original.of(shared, proteins), paired=False)
    actual = original.of(everyone, proteins) + shift
    np.testing.assert_allclose(actual, final.of(everyone, proteins), atol=5e-6)
