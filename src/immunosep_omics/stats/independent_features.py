"""How many independent features would be as informative as features that move together."""

from __future__ import annotations

import numpy as np

from immunosep_omics.stats.arrays import Float


def independent_number_of_features(
    values: Float, design: Float, weights: Float | None = None
) -> float:
    """How many independent features would say as much as these, at least 1.

    ``values``: (samples, features), one study, without gaps; ``design``: (samples, coefficients),
    what is known to move features; ``weights``: (samples,), the precision of each sample.
    features^2 / sum of squared correlations of residuals (the participation ratio of the
    eigenvalues), each squared correlation freed of what chance adds to it with so few samples.

    Raises ValueError where values are missing.
    Source: Bretherton et al. 1999, doi:10.1175/1520-0442(1999)012<1990:TENOSD>2.0.CO;2.
    """
    if np.isnan(values).any():
        raise ValueError("the independent number of features is told from features without gaps")
    root = np.ones((len(values), 1)) if weights is None else np.sqrt(weights)[:, None]
    basis = np.linalg.qr(root * design)[0]
    residuals = root * values
    residuals = residuals - basis @ (basis.T @ residuals)
    length = np.linalg.norm(residuals, axis=0)
    unit = residuals[:, length > 0] / length[length > 0]
    features, chance = unit.shape[1], 1 / max(np.count_nonzero(root) - basis.shape[1], 1)
    if features < 2 or chance == 1:
        return 1.0
    squares = float(np.sum((unit @ unit.T) ** 2)) - features
    pairs = max(0.0, (squares - features * (features - 1) * chance) / (1 - chance))
    return max(1.0, features**2 / (features + pairs))
