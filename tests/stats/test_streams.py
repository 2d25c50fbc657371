import numpy as np

from immunosep_omics.stats.streams import stream


def test_the_name_and_the_seed_decide_the_numbers() -> None:
    first = stream(1, "world", "athens", "rna").random(5)
    np.testing.assert_array_equal(first, stream(1, "world", "athens", "rna").random(5))
    for other in (
        stream(2, "world", "athens", "rna"),
        stream(1, "world", "athens", "olink"),
        stream(1, "other", "athens", "rna"),
    ):
        assert not np.array_equal(first, other.random(5))
