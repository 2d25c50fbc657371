"""What snfpy 0.2.2 makes of three small omics, for test_snfpy.py.

Run with Python 3.11, snfpy 0.2.2, scikit-learn 1.5.2 (it breaks on 1.6 and later), numpy 2.2.6:

    python make_snf.py
"""

from pathlib import Path

import numpy as np
import snf
from scipy.spatial.distance import cdist

FOLDER = Path(__file__).parent
SAMPLES, FEATURES = 45, (12, 8, 5)


def main() -> None:
    """Distances, affinities and fused networks."""
    generator = np.random.default_rng(1)
    group = np.arange(SAMPLES) % 3
    distances = []
    for features in FEATURES:
        values = generator.normal(size=(3, features))[group]
        values += generator.normal(size=(SAMPLES, features))
        distances.append(cdist(values, values))
    affinities = [snf.compute.affinity_matrix(one) for one in distances]
    few = [snf.compute.affinity_matrix(one, K=7, mu=0.4) for one in distances]
    save("snf_distances", np.vstack(distances))
    save("snf_affinities", np.vstack(affinities))
    save("snf_affinities_few", np.vstack(few))
    save("snf_fused", snf.snf(*affinities))
    save("snf_fused_few", snf.snf(*few, K=7, t=9))
    save("snf_fused_two", snf.snf(*affinities[:2]))


def save(name: str, matrix: np.ndarray) -> None:
    """All digits; matrices of several omics stand below each other."""
    header = "\t".join(f"s{number}" for number in range(SAMPLES))
    np.savetxt(FOLDER / f"{name}.tsv", matrix, "%.17g", "\t", header=header, comments="")


if __name__ == "__main__":
    main()
