"""The patients of one cohort: latent state, leucocyte fractions and clinical values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from immunosep_omics.simulate.biology import Biology
from immunosep_omics.simulate.world import World
from immunosep_omics.stats.streams import stream

SITES = ("cap", "hap", "vap", "bacteraemia")
FERRITIN_MALS = 4420.0
HLA_DR_SIP = 5000.0


@dataclass(frozen=True)
class Latent:
    """The true state of a cohort's patients; rows are patients."""

    shares: np.ndarray
    """(endotypes,) this cohort's true endotype proportions"""
    centre: np.ndarray
    """(2,) this cohort's own shift of both axes"""
    endotype: np.ndarray
    """(patients,) index of the endotype; -1 where there are none"""
    axes: np.ndarray
    """(patients, 2)"""
    ratios: np.ndarray
    """(patients, 2) log(lymphocytes / neutrophils), log(monocytes / neutrophils)"""
    rna_modules: np.ndarray
    plasma_modules: np.ndarray
    shared: np.ndarray
    """(patients, shared genes) residuals that an mRNA and its protein have in common"""

    @property
    def fractions(self) -> np.ndarray:
        """(patients, 3) neutrophils, lymphocytes, monocytes; they add up to 1."""
        return fractions(self.ratios)


def fractions(ratios: np.ndarray) -> np.ndarray:
    """Leucocyte fractions from their log ratios to neutrophils; (..., 2) to (..., 3)."""
    parts = np.concatenate([np.ones((*ratios.shape[:-1], 1)), np.exp(ratios)], axis=-1)
    return np.asarray(parts / parts.sum(axis=-1, keepdims=True))


def axes_covariance(world: World) -> np.ndarray:
    """(2, 2) covariance of the axes within an endotype."""
    r = world.axes.correlation
    return world.axes.sd**2 * np.array([[1.0, r], [r, 1.0]])


def endotype_means(world: World) -> np.ndarray:
    """(endotypes, 2) axis means."""
    return np.array([e.axes for e in world.endotypes.values()]).reshape(-1, 2)


def ratio_reference(world: World) -> np.ndarray:
    """(2,) log ratios of the average patient."""
    parts = world.composition
    neutrophils = 1.0 - parts.lymphocytes - parts.monocytes
    return np.log(np.array([parts.lymphocytes, parts.monocytes]) / neutrophils)


def ratio_loadings(world: World) -> np.ndarray:
    """(2 axes, 2 ratios) how the axes move the log ratios."""
    parts = world.composition
    return np.array([parts.lymphocyte_by_axes, parts.monocyte_by_axes]).T


def ratio_sd(world: World) -> np.ndarray:
    """(2,) SD of the log ratios beyond the axes."""
    return np.array([world.composition.lymphocyte_sd, world.composition.monocyte_sd])


def draw_latent(world: World, seed: int, cohort: str, biology: Biology) -> Latent:
    """Draw the true state of one cohort's patients."""
    rng = stream(seed, world.name, cohort, "latent")
    n = world.cohorts[cohort].patients
    centre = rng.normal(0.0, world.axes.cohort_sd, 2)
    r = world.axes.correlation
    first, second = rng.normal(0.0, world.axes.sd, (2, n))
    axes = np.column_stack([first, r * first + np.sqrt(1 - r**2) * second]) + centre
    endotype, shares = np.full(n, -1), np.empty(0)
    if world.endotypes:
        weights = np.array([e.share for e in world.endotypes.values()])
        shares = rng.dirichlet(world.case_mix * weights)
        endotype = rng.choice(shares.size, n, p=shares)
        axes = axes + endotype_means(world)[endotype]
    noise = rng.normal(0.0, 1.0, (n, 2)) * ratio_sd(world)
    return Latent(
        shares=shares,
        centre=centre,
        endotype=endotype,
        axes=axes,
        ratios=ratio_reference(world) + axes @ ratio_loadings(world) + noise,
        rna_modules=rng.normal(0.0, 1.0, (n, biology.rna.modules.shape[0])),
        plasma_modules=rng.normal(0.0, 1.0, (n, biology.plasma.modules.shape[0])),
        shared=rng.normal(0.0, 1.0, (n, biology.n_shared)),
    )


def patient_names(world: World, cohort: str) -> pd.Index:
    """Pseudonyms: the cohort's prefix and a number."""
    plan = world.cohorts[cohort]
    width = max(3, len(str(plan.patients)))
    return pd.Index([f"{plan.prefix}{i:0{width}d}" for i in range(1, plan.patients + 1)])


def severity(world: World, latent: Latent, rng: np.random.Generator) -> np.ndarray:
    """(patients,) SOFA on day 0 before rounding, from the axes and much else."""
    n = latent.axes.shape[0]
    return 9.0 + latent.axes @ np.array(world.clinic.severity_by_axes) + rng.normal(0, 2.5, n)


def death_probability(world: World, cohort: str, latent: Latent, age: np.ndarray) -> np.ndarray:
    """(patients,) 28-day death probability; its mean is the cohort's planned mortality."""
    from scipy.optimize import brentq
    from scipy.special import expit

    clinic = world.clinic
    odds = latent.axes @ np.array(clinic.death_by_axes)
    odds = odds + clinic.death_by_decade * (age - 67.0) / 10.0
    if world.endotypes:
        extra = np.array([e.log_odds_death for e in world.endotypes.values()])
        odds = odds + extra[latent.endotype]
    target = world.cohorts[cohort].mortality
    intercept = brentq(lambda a: expit(a + odds).mean() - target, -20.0, 20.0)
    return np.asarray(expit(intercept + odds))


def draw_clinical(
    world: World, seed: int, cohort: str, latent: Latent
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Clinical values as they would be charted, severity, and the true death probability.

    The table has one row per patient; numbers are rounded as the cohort's files write them,
    NaN (or an empty word) is a missing value.
    """
    rng = stream(seed, world.name, cohort, "clinical")
    clinic, n = world.clinic, latent.axes.shape[0]
    age = np.clip(np.round(rng.normal(67.0, 13.0, n)), 18, 98)
    illness = severity(world, latent, rng)
    risk = death_probability(world, cohort, latent, age)
    died = rng.random(n) < risk
    days = np.where(died, np.clip(np.ceil(rng.weibull(1.1, n) * 10.0), 1, 28), 28)

    ferritin = np.log10(clinic.ferritin_median) + clinic.ferritin_log10_sd * (
        latent.axes @ np.array(clinic.ferritin_by_axes) + rng.normal(0.0, 1.0, n)
    )
    link = clinic.hla_dr_by_hla_module
    hla_dr = np.log10(clinic.hla_dr_median) + clinic.hla_dr_log10_sd * (
        link * latent.rna_modules[:, 0] + np.sqrt(1 - link**2) * rng.normal(0.0, 1.0, n)
    )
    neutrophils = 100 * latent.fractions[:, 0] + rng.normal(0.0, 2.0, n)
    table = pd.DataFrame(
        {
            "age": age,
            "sex": rng.choice(["female", "male"], n, p=[0.4, 0.6]),
            "site_of_infection": rng.choice(SITES, n, p=[0.5, 0.15, 0.1, 0.25]),
            "hours": np.round(np.clip(rng.lognormal(np.log(20.0), 0.7, n), 1.0, 71.9), 1),
            "sofa_day0": np.clip(np.round(illness), 2, 22),
            "ferritin": np.round(_blank(10**ferritin, 0.03, rng)),
            "hla_dr": np.round(_blank(10**hla_dr, 0.04, rng)),
            "lactate": np.round(
                _blank(rng.lognormal(0.7, 0.45, n) * 1.05 ** (illness - 9), 0.05, rng), 1
            ),
            "neutrophils": np.round(_blank(np.clip(neutrophils, 1, 99), 0.06, rng), 1),
            "death_28d": died.astype(float),
            "time_28d": days,
        },
        index=patient_names(world, cohort),
    )  # fmt: skip
    table.insert(0, "sample", table.index + world.cohorts[cohort].sample_suffix)
    table["treatment"] = _arms(table, rng)
    table.insert(6, "sofa_day9", _sofa_day9(table, rng))
    return table, illness, risk


def _blank(values: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(values.size) < share, np.nan, values)


def _arms(table: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """The trial's rule (NCT04990232), then 1:1; patients in neither stratum are not randomised."""
    mals = (table["ferritin"] > FERRITIN_MALS).to_numpy()
    sip = ((table["ferritin"] <= FERRITIN_MALS) & (table["hla_dr"] < HLA_DR_SIP)).to_numpy()
    active = rng.random(len(table)) < 0.5
    drug = np.where(mals, "anakinra", np.where(sip, "interferon_gamma", "none"))
    return np.where(mals | sip, np.where(active, drug, "placebo"), "none")


def _sofa_day9(table: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """SOFA falls by 1.4 or more in about 35 % of the treated and 18 % of the others (JAMA 2025).

    Those who die by day 9 count as no fall; the means below allow for one in five.
    """
    treated = table["treatment"].isin(["anakinra", "interferon_gamma"]).to_numpy()
    fall = rng.normal(np.where(treated, 1.20, -0.35), 2.5)
    later = np.clip(np.round(table["sofa_day0"] - fall), 0, 24)
    dead = (table["death_28d"] == 1).to_numpy() & (table["time_28d"] <= 9).to_numpy()
    unknown = rng.random(len(table)) < 0.03
    return np.where(dead | unknown, np.nan, later)
