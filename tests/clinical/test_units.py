"""Conversions to the project's units, and refusals."""

import pytest

from immunosep_omics.clinical.units import factor, normal_unit
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
    assert factor(vocabulary()[name], unit, "here") == pytest.approx(expected)


def test_lactate_in_mg_per_dl():
    # 18 mg/dL is 1.998 mmol/L, with 90.08 g/mol
    assert 18 * factor(vocabulary()["lactate"], "mg/dL", "here") == pytest.approx(1.998, abs=1e-3)


@pytest.mark.parametrize("unit", ["%", "% positive", "MFI", "mfi"])
def test_hla_dr_accepts_receptors_only(unit):
    with pytest.raises(InputError) as error:
        factor(vocabulary()["hla_dr"], unit, "a.csv (clinical.columns.hla_dr)")
    message = str(error.value)
    assert "a.csv" in message
    assert "refused" in message
    assert "receptors/cell" in message


def test_unknown_unit_names_the_valid_ones():
    with pytest.raises(InputError, match=r"unknown unit 'ng/dm' for ferritin.*valid: ng/mL, ug/L"):
        factor(vocabulary()["ferritin"], "ng/dm", "here")


@pytest.mark.parametrize("name", ["ferritin", "hla_dr", "lactate", "hours", "d_dimer"])
def test_unit_must_be_stated_where_more_than_one_is_in_use(name):
    with pytest.raises(InputError, match=f"{name} has no unit.*state one"):
        factor(vocabulary()[name], None, "here")


def test_d_dimer_needs_to_say_which_unit():
    with pytest.raises(InputError, match="fibrinogen-equivalent"):
        factor(vocabulary()["d_dimer"], "mg/L", "here")


def test_units_of_the_vocabulary_differ_once_normalised():
    for entry in vocabulary().values():
        written = [normal_unit(u) for u in [str(entry.unit), *entry.units, *entry.refused]]
        assert len(written) == len(set(written)), entry.name
