import pandas as pd

from immunosep_omics.integrate.tenths import TENTHS, without_tenth


def test_tenths_of_each_cohort_are_left_out_with_all_samples_and_nobody_twice():
    patients = [f"p{number}" for number in range(30)] * 2
    clinical = pd.DataFrame({"patient": patients, "cohort": ["a"] * 20 + ["b"] * 10 + ["a"] * 20
                             + ["b"] * 10, "sample": range(60)})  # fmt: skip
    gone = []
    for number in range(1, TENTHS + 1):
        kept = without_tenth(clinical, number, 1)
        assert kept["cohort"].value_counts().to_dict() == {"a": 36, "b": 18}
        assert kept["patient"].value_counts().eq(2).all()
        pd.testing.assert_frame_equal(kept, without_tenth(clinical, number, 1))
        gone += sorted(set(clinical["sample"]) - set(kept["sample"]))
    assert sorted(gone) == list(range(60))
