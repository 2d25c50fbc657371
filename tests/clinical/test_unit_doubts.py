"""Numbers that are in another unit than stated, and numbers that only look unusual."""

import numpy as np
import pytest

from immunosep_omics.clinical.unit_doubts import unit_doubt
from immunosep_omics.clinical.units import conversion
from immunosep_omics.clinical.vocabulary import vocabulary

RNG = np.random.default_rng(1)
LYMPHOCYTES = np.exp(RNG.normal(0, 0.6, 60))
LACTATE = np.exp(RNG.normal(0.5, 0.5, 60))
CREATININE = np.exp(RNG.normal(4.6, 0.6, 60))
FERRITIN = np.exp(RNG.normal(6.5, 1.5, 60))
BLOOD = {
    "lymphocytes": (LYMPHOCYTES, "10^9/L"), "lactate": (LACTATE, "mmol/L"),
    "creatinine": (CREATININE, "umol/L"), "ferritin": (FERRITIN, "ng/mL"),
    "haemoglobin": (RNG.normal(110, 20, 60), "g/L"), "bilirubin": (CREATININE / 5, "umol/L"),
    "hla_dr": (FERRITIN * 10 + 500, "AB/C"), "neutrophils": (RNG.uniform(40, 95, 60), "%"),
    "temperature": (RNG.normal(37.5, 1, 60), "C"),
}  # fmt: skip


def doubt(name, values, unit):
    entry = vocabulary()[name]
    stated = conversion(entry, unit, "here")
    return unit_doubt(stated.apply(np.asarray(values, float)), entry, stated)


@pytest.mark.parametrize("name", BLOOD)
def test_right_units_raise_no_doubt(name):
    assert doubt(name, *BLOOD[name]) is None


@pytest.mark.parametrize(
    ("name", "factor", "other"),
    [
        ("lymphocytes", 1000, "/uL"), ("lactate", 9.008, "mg/dL"),
        ("creatinine", 1 / 88.4, "mg/dL"), ("ferritin", 1 / 1000, "mg/L"),
        ("haemoglobin", 0.1, "g/dL"),
        ("bilirubin", 1 / 17.1, "mg/dL"), ("neutrophils", 0.01, "fraction"),
    ],
)  # fmt: skip
def test_a_column_in_another_unit(name, factor, other):
    values, stated = BLOOD[name]
    found = doubt(name, values * factor, stated)
    assert found.unit == other
    assert found.whole


def test_fahrenheit_read_as_celsius():
    found = doubt("temperature", [97.2, 99.0, 101.3, 98.6, 100.1], "C")
    assert (found.unit, found.whole) == ("F", True)


@pytest.mark.parametrize(
    ("name", "factor", "other"),
    [
        ("lymphocytes", 1000, "/uL"), ("creatinine", 1 / 88.4, "mg/dL"),
        ("haemoglobin", 0.1, "g/dL"), ("ferritin", 1 / 1000, "mg/L"),
    ],
)  # fmt: skip
def test_two_units_in_one_column(name, factor, other):
    values, stated = BLOOD[name]
    mixed = values.copy()
    mixed[::4] *= factor
    found = doubt(name, mixed, stated)
    assert found.unit == other
    assert not found.whole
    assert set(found.places) <= set(range(0, 60, 4))
    assert len(found.places) > 5


def test_lymphocytes_as_counts_in_three_ways():
    mixed = np.concatenate([LYMPHOCYTES, LYMPHOCYTES[:20] * 1000, LYMPHOCYTES[:9] * 15])
    assert doubt("lymphocytes", mixed, "10^9/L").unit == "/uL"
    assert doubt("lymphocytes", np.full(8, 28.0), "10^9/L").unit == "%"


def test_lactate_in_two_units_without_impossible_values():
    narrow = np.linspace(0.9, 1.9, 40)
    mixed = np.concatenate([narrow, narrow[:12] * 9.008])
    found = doubt("lactate", mixed, "mmol/L")
    assert found.unit == "mg/dL"
    assert found.places.tolist() == list(range(40, 52))


def test_one_rare_patient_is_no_mixture():
    assert doubt("lymphocytes", [*LYMPHOCYTES, 120.0], "10^9/L") is None
    assert doubt("creatinine", [*CREATININE, 1900.0], "umol/L") is None


def test_the_sick_among_the_healthy_are_no_mixture():
    crp = np.concatenate([np.linspace(0.3, 3, 40), np.linspace(90, 300, 40)])
    ferritin = np.concatenate([np.linspace(30, 150, 40), np.linspace(3000, 9000, 40)])
    creatinine = np.concatenate([np.linspace(55, 95, 40), np.linspace(500, 900, 20)])
    assert doubt("crp", crp, "mg/L") is None
    assert doubt("ferritin", ferritin, "ng/mL") is None
    assert doubt("creatinine", creatinine, "umol/L") is None


def test_a_wide_range_from_healthy_to_sickest_is_no_mixture():
    """Ferritin truly runs from 20 to 250,000, and groups of patients may leave a gap in between."""
    healthy, septic = np.linspace(20, 160, 30), np.linspace(900, 9_000, 20)
    storm = [48_000, 91_000, 160_000, 250_000]
    assert doubt("ferritin", [*healthy, *septic, *storm], "ng/mL") is None
    assert doubt("procalcitonin", [*healthy / 2000, *septic / 300], "ng/mL") is None
    assert doubt("ast", [*healthy / 4 + 15, *septic], "U/L") is None


@pytest.mark.parametrize("name", ["ferritin", "procalcitonin", "creatinine", "bilirubin", "ast"])
def test_drawn_cohorts_of_healthy_and_septic_people_raise_no_doubt(name):
    draw = np.random.default_rng(7)
    healthy, septic = {
        "ferritin": (80, 550), "procalcitonin": (0.04, 3), "creatinine": (75, 150),
        "bilirubin": (9, 30), "ast": (24, 80),
    }[name]  # fmt: skip
    for size in (10, 30, 60, 100) * 10:
        sick = draw.random(size) < draw.uniform(0.2, 0.9)
        spread = np.where(sick, 0.9, 0.4) * draw.normal(0, 1, size)
        values = np.where(sick, septic, healthy) * np.exp(spread)
        assert doubt(name, values, vocabulary()[name].unit) is None


def test_zeros_and_missing_values_say_nothing():
    assert doubt("lymphocytes", [0, 0, 0, 1.0, 2.0, np.nan], "10^9/L") is None
    assert doubt("lymphocytes", [np.nan, np.nan], "10^9/L") is None
