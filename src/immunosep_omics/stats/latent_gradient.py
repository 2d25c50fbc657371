"""One gradient in place of classes: samples spread along a line, or an arc, with one peak at most.

A cloud stretched flat or to one side is cut into "clusters" by any method that looks for them.
Here it is fitted as what it is: many equally likely places along a line or a parabola, with the
same covariance, cohorts and absent omics as ``latent_classes``, so that the two can be compared by
what they say of the same data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, chdtrc

from immunosep_omics.stats.arrays import Float
from immunosep_omics.stats.latent_classes import (
    LatentClasses,
    Layout,
    bayesian_information,
    classify,
    fit_latent_classes,
    log_likelihood,
)

PLACES = 15
SKEWS = (1, 2, 6)
"""How samples spread: beta distributions (1, b), from flat to almost exponential."""


@dataclass(frozen=True)
class LatentGradient:
    """The gradient that explains the data best.

    ``model``: classes in ``places`` (places,) of mean 0 and standard deviation 1; ``bic`` compares
    with that of other ``latent_classes`` of the same data. ``p``: how often one even cloud would
    seem to have such a gradient. ``skew`` is the second parameter of the beta distribution,
    ``curved`` whether means lie on an arc.
    """

    model: LatentClasses
    places: Float
    bic: float
    p: float
    skew: int
    curved: bool

    def position(self, components: Float, cohorts: NDArray[np.intp]) -> Float:
        """Expected places (samples,) of these or other samples, as ``classify`` takes them."""
        found: Float = classify(self.model, components, cohorts).probability @ self.places
        return found


def fit_latent_gradient(
    components: Float, axes: Float, cohorts: NDArray[np.intp]
) -> LatentGradient:
    """Fit gradients of several shapes along several starting axes; the one of least BIC.

    ``components``: (samples, components), NaN where an omic is absent; ``axes``: (samples,
    starts), scores along which samples are ordered at the start; ``cohorts``: (samples,) codes.
    The choice of the shape counts as one more parameter. ``p`` takes twice the gain in
    log-likelihood over one class for chi-square, with a degree of freedom for each parameter
    (Wilks 1938); ``bench/endotypes.py`` has how often it is wrong.
    Sources: Bartholomew, Knott & Moustaki 2011, doi:10.1002/9781119970583 (latent traits by
    quadrature); Tibshirani 1992, doi:10.1007/BF01889678 (curves of mean).
    """
    both = np.vstack([axes.T, -axes.T])
    one, _ = fit_latent_classes(components, np.zeros(len(components), dtype=np.intp), cohorts)
    level = log_likelihood(one, components, cohorts)
    found = [
        _fit(components, axes.T if skew == 1 else both, cohorts, skew, curved, level)
        for skew in SKEWS
        for curved in (False, True)
    ]
    return min(found, key=lambda gradient: gradient.bic)


def _fit(
    components: Float,
    starts: Float,
    cohorts: NDArray[np.intp],
    skew: int,
    curved: bool,
    level: float,
) -> LatentGradient:
    """``level``: the log-likelihood of one class."""
    places = betaincinv(1.0, float(skew), (np.arange(PLACES) + 0.5) / PLACES)
    places = (places - places.mean()) / places.std()
    powers = np.vander(places, 3 if curved else 2, increasing=True)
    rank = starts.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    bins = rank * PLACES // len(components)
    layout = Layout(powers, np.full(PLACES, 1 / PLACES))
    model, _ = fit_latent_classes(components, bins, cohorts, layout)
    gain = log_likelihood(model, components, cohorts) - level
    parameters = (powers.shape[1] - 1) * components.shape[1] + 1
    return LatentGradient(
        model=model,
        places=places,
        bic=bayesian_information(model, components, cohorts) + float(np.log(len(components))),
        p=float(chdtrc(parameters, max(0.0, 2 * gain))),
        skew=skew,
        curved=curved,
    )
