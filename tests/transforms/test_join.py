"""What the joined block carries."""

from immunosep_omics.transforms.join import join_cohorts


def test_what_is_harmonised_comes_without_outcomes(cohorts):
    """No harmonisation can protect, or learn from, what is not in its block."""
    assays, _ = cohorts(["a", "b"])
    block = join_cohorts(assays, ["a", "b"])
    assert list(block.samples) == ["sample", "patient", "cohort"]
