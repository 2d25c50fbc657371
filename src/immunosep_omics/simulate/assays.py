"""Measuring the patients: RNA-seq, array, mass spectrometry, proximity extension."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from immunosep_omics.simulate import catalogue
from immunosep_omics.simulate.biology import LN2, Biology, Layer, numbered
from immunosep_omics.simulate.patients import Latent, fractions, ratio_reference
from immunosep_omics.simulate.world import AssayPlan, MassSpectrometry, Olink, World
from immunosep_omics.stats.streams import stream

FloatArray = np.ndarray


@dataclass(frozen=True)
class Observation:
    """The known law of one assay in one cohort; all in log2 units.

    A feature's true log2 level is `layer.level` + axes, endotype, composition, modules and
    residual of `layer`; the instrument then adds `floor` and `ceiling` (log2 of the background
    and of the saturating intensity), `known` (drift, plates) and noise.
    """

    layer: Layer
    reference: FloatArray
    """(2,) leucocyte log ratios at which a level is `layer.level`"""
    floor: FloatArray
    ceiling: float
    known: FloatArray
    """(samples, features) or (1, 1): shifts of each value that are no biology"""
    offset_sd: float
    """SD of a sample's own shift of all its values"""
    noise: float
    counts: bool
    residual_link: float

    def deviation(self, latent: Latent, rows: np.ndarray) -> FloatArray:
        """(samples, features) all that moves the level, the residual excepted."""
        layer, plasma = self.layer, self.layer.tissue == "plasma"
        modules = latent.plasma_modules if plasma else latent.rna_modules
        moved = latent.axes[rows] @ layer.axes + modules[rows] @ layer.modules
        if layer.programme.size:
            moved += layer.programme[latent.endotype[rows]]
        if not plasma:
            moved += composition(layer, latent.ratios[rows], self.reference)
        has = layer.shared >= 0
        common = latent.shared[np.ix_(rows, layer.shared[has])]
        moved[:, has] += np.sqrt(self.residual_link) * layer.sd[has] * common
        return moved

    @property
    def residual_sd(self) -> FloatArray:
        """(features,) SD of what is left to chance before the instrument."""
        share = np.where(self.layer.shared >= 0, 1.0 - self.residual_link, 1.0)
        return np.asarray(self.layer.sd * np.sqrt(share))

    def respond(self, level: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the instrument makes of a true log2 level, and the slope at that level."""
        if np.isinf(self.ceiling):
            signal, slope = level, np.ones_like(level)
        else:
            signal = -np.logaddexp2(-level, -self.ceiling)
            slope = 2.0 ** (signal - level)
        reading = np.logaddexp2(signal, self.floor)
        return reading, slope * 2.0 ** (signal - reading)


@dataclass(frozen=True)
class AssayData:
    """One assay of one cohort, as measured, with the law it was drawn from."""

    platform: str
    values: pd.DataFrame
    """samples x features, NaN where missing; index: sample names"""
    features: pd.DataFrame
    """index: feature; `gene` (the planted gene), `written` (what the platform's file says)"""
    samples: pd.DataFrame
    """index: sample; what the laboratory knows (run, plate) and the truth behind it"""
    rows: np.ndarray
    """(samples,) row of each sample among the cohort's patients"""
    law: Observation
    shift: FloatArray
    scale: FloatArray
    """(features,) the cohort's additive and multiplicative effects"""


def composition(layer: Layer, ratios: FloatArray, reference: FloatArray) -> FloatArray:
    """(..., features) log2 change of a mixture of cells from the reference mixture."""
    excess = 2.0**layer.profile
    return np.asarray(np.log2(fractions(ratios) @ excess) - np.log2(fractions(reference) @ excess))


def measure(
    world: World,
    seed: int,
    cohort: str,
    assay: str,
    biology: Biology,
    latent: Latent,
    samples: pd.Index,
    severity: FloatArray,
) -> AssayData:
    """Draw one assay of one cohort from its own random stream."""
    from scipy.special import expit, logit

    plan = world.cohorts[cohort].assays[assay]  # type: ignore[index]
    rng = stream(seed, world.name, cohort, assay)
    spread = severity.std() or 1.0
    sicker = world.clinic.available_by_severity * (severity - severity.mean()) / spread
    has = rng.random(severity.size) < expit(logit(world.clinic.available) + sicker)
    rows = np.flatnonzero(has)
    draw = {
        "featurecounts": _sequencing, "count_matrix": _sequencing, "geo": _array,
        "maxquant": _mass_spectrometry, "olink": _olink,
    }[plan.platform]  # fmt: skip
    return draw(world, plan, biology, latent, rows, samples[rows], rng)


def _layer_in_cohort(
    world: World, layer: Layer, coverage: float, rng: np.random.Generator
) -> tuple[Layer, FloatArray, FloatArray]:
    """The features a cohort measured, with its ComBat-like shift and scale applied."""
    n = layer.genes.size
    shift = rng.normal(0.0, world.cohort_effect.shift_sd, n) * layer.sd
    shape = world.cohort_effect.scale_shape
    scale = np.sqrt((shape - 1.0) / rng.gamma(shape, 1.0, n))
    kept = np.flatnonzero(rng.random(n) < coverage)
    here = layer.stretched(scale)
    here = replace(here, level=here.level + shift).take(kept)
    return here, shift[kept], scale[kept]


def _law(world: World, layer: Layer, **instrument: object) -> Observation:
    plain: dict[str, object] = {
        "floor": np.full(layer.genes.size, -np.inf), "ceiling": np.inf,
        "known": np.zeros((1, 1)), "noise": 0.0, "counts": False,
    }  # fmt: skip
    return Observation(
        layer=layer, reference=ratio_reference(world),
        residual_link=world.plasma.residual_link, **{**plain, **instrument},  # type: ignore[arg-type]
    )  # fmt: skip


def _frame(values: FloatArray, samples: pd.Index, features: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(values, index=samples, columns=features, copy=False)


def _sequencing(
    world: World, plan: AssayPlan, biology: Biology, latent: Latent, rows: np.ndarray,
    samples: pd.Index, rng: np.random.Generator,
) -> AssayData:  # fmt: skip
    settings = world.sequencing
    total = np.log2((2.0**biology.rna.level).sum())
    layer, shift, scale = _layer_in_cohort(world, biology.rna, plan.coverage, rng)
    layer = replace(layer, level=layer.level + np.log2(settings.depth) - total)
    law = _law(world, layer, offset_sd=settings.depth_sdlog / LN2, counts=True)
    offset = rng.normal(0.0, law.offset_sd, rows.size)
    mean = 2.0 ** (layer.level + law.deviation(latent, rows) + offset[:, None])
    shape = 1.0 / (LN2 * law.residual_sd) ** 2
    counts = rng.negative_binomial(shape, shape / (shape + mean)).astype(np.float64)
    features = pd.DataFrame({"gene": layer.genes, "written": layer.genes}, index=layer.genes)
    return AssayData(
        plan.platform, _frame(counts, samples, features.index), features,
        pd.DataFrame({"depth": settings.depth * 2.0**offset}, index=samples),
        rows, law, shift, scale,
    )  # fmt: skip


def _array(
    world: World, plan: AssayPlan, biology: Biology, latent: Latent, rows: np.ndarray,
    samples: pd.Index, rng: np.random.Generator,
) -> AssayData:  # fmt: skip
    settings = world.array
    genes, shift, scale = _layer_in_cohort(world, biology.rna, plan.coverage, rng)
    genes = replace(genes, level=genes.level + settings.median_level)
    residual = (
        rng.normal(0.0, 1.0, (rows.size, genes.genes.size))
        * _law(world, genes, offset_sd=0.0).residual_sd
    )
    probe = np.repeat(
        np.arange(genes.genes.size),
        rng.choice([1, 2, 3], genes.genes.size, p=settings.probes),
    )
    layer = genes.take(probe)
    affinity = rng.normal(0.0, settings.affinity_sd, probe.size)
    layer = replace(layer, level=layer.level + affinity)
    law = _law(
        world, layer, offset_sd=settings.offset_sd, noise=settings.noise,
        floor=np.full(probe.size, settings.background), ceiling=settings.saturation,
    )  # fmt: skip
    reading, _ = law.respond(layer.level + law.deviation(latent, rows) + residual[:, probe])
    n_noise = round(settings.noise_probes * probe.size)
    empty = settings.background + np.abs(rng.normal(0.0, 0.3, n_noise))
    reading = np.hstack([reading, np.broadcast_to(empty, (rows.size, n_noise))])
    reading = reading + rng.normal(0.0, settings.noise, reading.shape)
    offset = rng.normal(0.0, settings.offset_sd, rows.size)
    reading = np.round(reading + offset[:, None], 4)

    written = np.concatenate([layer.genes, np.full(n_noise, "", dtype=object)])
    order = rng.permutation(written.size)
    names = np.empty(written.size, dtype=object)
    names[order] = numbered("PROBE_", written.size, 5) + "_at"
    everything = pd.DataFrame({"gene": written, "written": written}, index=names)
    return AssayData(
        plan.platform, _frame(reading, samples, everything.index), everything,
        pd.DataFrame({"array": numbered("GSMSIM", rows.size), "offset": offset}, index=samples),
        rows, law, shift[probe], scale[probe],
    )  # fmt: skip


def _mass_spectrometry(
    world: World, plan: AssayPlan, biology: Biology, latent: Latent, rows: np.ndarray,
    samples: pd.Index, rng: np.random.Generator,
) -> AssayData:  # fmt: skip
    from scipy.special import expit

    settings = world.mass_spectrometry
    groups = protein_groups(biology.plasma)
    layer, shift, scale = _layer_in_cohort(
        world, platform_layer(biology, groups["gene"], settings), plan.coverage, rng
    )
    groups = groups.set_index("gene").loc[layer.genes].reset_index().set_index("feature")
    run = rng.permutation(rows.size) + 1
    drift = rng.normal(0.0, settings.drift, layer.genes.size)
    known = np.outer((run - 1) / max(rows.size - 1, 1) - 0.5, drift)
    law = _law(world, layer, offset_sd=settings.offset_sd, noise=settings.noise, known=known)
    offset = rng.normal(0.0, settings.offset_sd, rows.size)
    level = layer.level + law.deviation(latent, rows) + known + offset[:, None]
    level += rng.normal(0.0, 1.0, level.shape) * np.hypot(law.residual_sd, settings.noise)
    too_low = expit(settings.missing_slope * (settings.missing_midpoint - level))
    chance = settings.missing_at_random + (1.0 - settings.missing_at_random) * too_low
    values = np.where(rng.random(level.shape) < chance, np.nan, np.round(2.0**level, -2))
    return AssayData(
        plan.platform, _frame(values, samples, groups.index), groups[["gene", "written"]],
        pd.DataFrame({"run": run, "offset": offset}, index=samples), rows, law, shift, scale,
    )  # fmt: skip


def _olink(
    world: World, plan: AssayPlan, biology: Biology, latent: Latent, rows: np.ndarray,
    samples: pd.Index, rng: np.random.Generator,
) -> AssayData:  # fmt: skip
    settings = world.olink
    panel = pd.Series(list(catalogue.OLINK), dtype=object)
    layer, shift, scale = _layer_in_cohort(
        world, platform_layer(biology, panel, settings), plan.coverage, rng
    )
    n = layer.genes.size
    plate = rng.permutation(rows.size) % plan.plates
    plate_shift = rng.normal(0.0, settings.plate_sd, (plan.plates, 1)) + rng.normal(
        0.0, settings.plate_assay_sd, (plan.plates, n)
    )
    floor = rng.normal(settings.floor, settings.floor_sd, n)
    law = _law(
        world, layer, offset_sd=settings.offset_sd, noise=settings.noise, floor=floor,
        known=plate_shift[plate],
    )  # fmt: skip
    level = layer.level + law.deviation(latent, rows)
    level += rng.normal(0.0, 1.0, level.shape) * law.residual_sd
    reading, _ = law.respond(level)
    offset = rng.normal(0.0, settings.offset_sd, rows.size)
    reading = reading + law.known + offset[:, None] + rng.normal(0.0, settings.noise, level.shape)
    features = pd.DataFrame({"gene": layer.genes, "written": layer.genes}, index=layer.genes)
    limits = floor + 3.0 * settings.noise + plate_shift
    for number in range(plan.plates):
        features[f"lod_plate{number + 1}"] = np.round(limits[number], 4)
    return AssayData(
        plan.platform, _frame(np.round(reading, 4), samples, features.index), features,
        pd.DataFrame({"plate": plate + 1, "offset": offset}, index=samples),
        rows, law, shift, scale,
    )  # fmt: skip


def platform_layer(biology: Biology, genes: pd.Series, settings: MassSpectrometry | Olink) -> Layer:
    """The plasma proteins as one platform sees them: its panel, levels and residual SD."""
    rows = biology.plasma.position[genes].to_numpy()
    layer = biology.plasma.stretched(settings.residual_sd).take(rows)
    level = settings.level + settings.level_sd * layer.level
    return replace(layer, level=level)


def protein_groups(plasma: Layer) -> pd.DataFrame:
    """The mass spectrometer's protein groups: `feature` (protein IDs), `gene`, `written`.

    Real genes carry their UniProt accession; invented genes carry well-formed accessions that
    UniProt has not given out. Some groups have two proteins, two gene names or none.
    """
    invented = plasma.genes[np.char.startswith(plasma.genes.astype(str), "GENE")]
    number = np.arange(invented.size)
    ids = pd.Series([f"A0SIM0{chr(65 + i // 100)}{i % 100:02d}0" for i in number], dtype=object)
    ids = ids.where(number % 7 != 3, ids + ";" + ids.str.replace("SIM0", "SIM1"))
    written = pd.Series(invented, dtype=object)
    written = written.where(number % 29 != 11, written + ";" + written + "B")
    written = written.where(number % 31 != 17, "")
    known = pd.Series(catalogue.MASS_SPECTROMETRY, dtype=object)
    return pd.DataFrame(
        {
            "feature": np.concatenate([known.to_numpy(), ids.to_numpy()]),
            "gene": np.concatenate([known.index.to_numpy(), invented]),
            "written": np.concatenate([known.index.to_numpy(), written.to_numpy()]),
        }
    )
