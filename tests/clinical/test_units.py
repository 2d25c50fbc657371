"""Conversions to the project's units, and refusals."""

import numpy as np
import pytest

from immunosep_omics.clinical.units import conversion, normal_unit, same_unit, unit_in_header
from immunosep_omics.clinical.vocabulary import vocabulary
from immunosep_omics.errors import InputError


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("ferritin", "ng/mL", 1), ("ferritin", "ug/L", 1), ("ferritin", "µg/L", 1),
        ("ferritin", "μg/l", 1), ("ferritin", "NG/ML", 1), ("ferritin", "mg/L", 1000),
        ("ferritin", "pmol/L", 0.445),
        ("hla_dr", "AB/C", 1), ("hla_dr", "molecules/cell", 1), ("hla_dr", "receptors / cell", 1),
        ("lactate", "mmol/l", 1), ("hours", "days", 24), ("hours", "h", 1),
        ("lymphocytes", "10^9/L", 1), ("lymphocytes", "\u00d710⁹/L", 1),
        ("lymphocytes", "/µL", 0.001),
        ("d_dimer", "ng/mL FEU", 0.001), ("d_dimer", "mg/L DDU", 2),
        ("neutrophils", "fraction", 100), ("age", None, 1), ("sofa_day0", None, 1),
    ],
)  # fmt: skip
def test_factor(name, unit, expected):
    assert conversion(vocabulary()[name], unit, "here").factor == pytest.approx(expected)


def test_lactate_in_mg_per_dl():
    # 18 mg/dL is 1.998 mmol/L, with 90.08 g/mol
    assert 18 * conversion(vocabulary()["lactate"], "mg/dL", "here").factor == pytest.approx(
        1.998, abs=1e-3
    )


@pytest.mark.parametrize("unit", ["%", "% positive", "MFI", "mfi"])
def test_hla_dr_accepts_receptors_only(unit):
    with pytest.raises(InputError) as error:
        conversion(vocabulary()["hla_dr"], unit, "a.csv (clinical.columns.hla_dr)")
    message = str(error.value)
    assert "a.csv" in message
    assert "refused" in message
    assert "receptors/cell" in message


def test_unknown_unit_names_the_valid_ones():
    with pytest.raises(InputError, match=r"unknown unit 'ng/dm' for ferritin.*valid: ng/mL, ug/L"):
        conversion(vocabulary()["ferritin"], "ng/dm", "here")


@pytest.mark.parametrize("name", ["ferritin", "hla_dr", "lactate", "hours", "d_dimer"])
def test_unit_must_be_stated_where_more_than_one_is_in_use(name):
    with pytest.raises(InputError, match=f"{name} has no unit.*state one"):
        conversion(vocabulary()[name], None, "here")


def test_d_dimer_needs_to_say_which_unit():
    with pytest.raises(InputError, match="fibrinogen-equivalent"):
        conversion(vocabulary()["d_dimer"], "mg/L", "here")


def test_units_of_the_vocabulary_differ_once_normalised():
    for entry in vocabulary().values():
        written = [normal_unit(u) for u in [str(entry.unit), *entry.units, *entry.refused]]
        assert len(written) == len(set(written)), entry.name


def test_fahrenheit():
    found = conversion(vocabulary()["temperature"], "°F", "here")
    assert found.apply(np.array([98.6, 32.0])) == pytest.approx([37, 0], abs=1e-6)
    assert found.undo(np.array([37.0])) == pytest.approx([98.6], abs=1e-6)


@pytest.mark.parametrize(
    ("header", "name", "expected"),
    [
        ("Ferritin (ng/mL)", "ferritin", "ng/mL"), ("ferritin_ug_L", "ferritin", "ug/L"),
        ("Ferritin..µg.L.", "ferritin", "ug/L"), ("Ferritin_NG/ML", "ferritin", "ng/mL"),
        ("Lactate [mmol/l]", "lactate", "mmol/L"), ("DDIMER_mg/L_FEU", "d_dimer", "mg/L FEU"),
        ("mHLA_DR_AB_per_cell", "hla_dr", "AB/cell"), ("HLADR MFI", "hla_dr", "MFI"),
        ("mHLA-DR (receptors/monocyte)", "hla_dr", "receptors/monocyte"),
        ("Lymph (\u00d710⁹/L)", "lymphocytes", "10^9/L"),
        ("Lymph x10^9/L", "lymphocytes", "10^9/L"),
        ("Lymph (/µL)", "lymphocytes", "/uL"), ("Lymph %", "lymphocytes", "%"),
        ("WBC [K/uL]", "leukocytes", "K/uL"), ("Temp (C)", "temperature", "°C"),
        ("Strain C", "temperature", None), ("Hours since sepsis", "hours", None),
        ("ng/mL", "ferritin", None), ("Ferritin", "ferritin", None),
    ],
)  # fmt: skip
def test_unit_in_a_header(header, name, expected):
    assert unit_in_header(header, vocabulary()[name]) == expected


@pytest.mark.parametrize(
    ("name", "unit", "header", "same"),
    [
        ("ferritin", "ug/L", "ng/mL", True), ("ferritin", "mg/L", "ng/mL", False),
        ("d_dimer", "mg/L FEU", "mg/L", True), ("d_dimer", "mg/L DDU", "mg/L FEU", False),
        ("hla_dr", "AB/C", "MFI", False), ("hla_dr", "AB/C", "receptors/cell", True),
    ],
)  # fmt: skip
def test_units_that_agree(name, unit, header, same):
    assert same_unit(vocabulary()[name], unit, header) is same
