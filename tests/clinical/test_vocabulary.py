"""The words that a cohort's YAML may use with a fixed meaning."""

from immunosep_omics.clinical.vocabulary import vocabulary


def test_words_that_are_a_promise():
    found = vocabulary()
    for name in (
        "age", "sex", "site_of_infection", "hours", "sofa_day0", "sofa_day9", "ferritin", "hla_dr",
        "lactate", "neutrophils", "death_28d", "death_90d", "time_28d", "treatment", "icu",
        "ventilation", "crp", "d_dimer",
    ):  # fmt: skip
        assert name in found
    assert found["ferritin"].unit == "ng/mL"
    assert found["hla_dr"].unit == "receptors/cell"
    assert found["sofa_day9"].low == 0
    assert found["sofa_day9"].high == 24
    assert found["sex"].levels == ("female", "male")
    assert found["death_28d"].type == "binary"


def test_entries_are_complete():
    for name, entry in vocabulary().items():
        if entry.type == "number":
            assert entry.unit is not None
            assert entry.low < entry.high
            assert all(
                factor > 0 and (added == 0 or name == "temperature")
                for factor, added in entry.units.values()
            )
        else:
            assert entry.unit is None
