import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from immunosep_omics.stats.agreement import adjusted_rand


@pytest.mark.parametrize("seed", range(5))
def test_agreement_is_that_of_scikit_learn(seed):
    generator = np.random.default_rng(seed)
    one, other = generator.integers(seed + 1, size=50), generator.integers(4, size=50)
    other[:30] = one[:30]
    named = [f"E{label}" for label in other]
    assert adjusted_rand(one, named) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)
    assert adjusted_rand(one, one) == 1.0
