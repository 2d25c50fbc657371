"""Olink's normalisations of NPX: what to add to each protein of a plate or of a project.

NPX is on a log2 scale, so all of them are shifts; values plus their plate's row of shifts are
normalised. Missing values (NaN) do not count, and a protein that nothing tells of has NaN.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from immunosep_omics.stats.arrays import Boolean, Float, Integer


@dataclass(frozen=True)
class PlateShifts:
    """``shifts`` (plates, features); row i is of plate code ``plates[i]``."""

    plates: Integer
    shifts: Float

    def apply(self, values: Float, plate: Integer) -> Float:
        """Values (samples, features) of known plates, shifted; ValueError for an unknown plate."""
        plate = np.asarray(plate)
        if not np.isin(plate, self.plates).all():
            raise ValueError("a plate was not among those fitted")
        return values + self.shifts[np.searchsorted(self.plates, plate)]


def plate_control_shifts(
    values: Float, plate: Integer, control: Boolean, target: Float | None = None
) -> PlateShifts:
    """Bring the median of each plate's controls to ``target`` (features,), 0 by default.

    ``values`` (wells, features), ``plate`` codes and ``control`` marks (wells,): wells of one and
    the same pooled plasma on every plate. The target is a protein's correction factor, or what the
    controls are known to be. Raises ValueError where a plate has no control.
    Source: Olink, data normalisation and standardisation (plate control).
    """
    plate, control = np.asarray(plate), np.asarray(control)
    plates = np.unique(plate)
    if not np.isin(plates, plate[control]).all():
        raise ValueError("a plate has no control")
    aim = 0.0 if target is None else np.asarray(target)
    return PlateShifts(plates, aim - _medians(values[control], plate[control], plates))


def intensity_shifts(values: Float, plate: Integer, target: Float | None = None) -> PlateShifts:
    """Bring the median of each plate's samples (controls left out) to ``target`` (features,).

    The target is the median of all these samples by default. Sound only where samples were put on
    plates at random: a difference between groups that sit on different plates is removed with it.
    Source: Olink, data normalisation and standardisation (intensity).
    """
    plate = np.asarray(plate)
    plates = np.unique(plate)
    aim = _median(np.asarray(values)) if target is None else np.asarray(target)
    return PlateShifts(plates, aim - _medians(values, plate, plates))


def bridge_shift(reference: Float, other: Float, paired: bool = True) -> Float:
    """What brings another project to the reference, by samples that both measured: (features,).

    ``reference`` and ``other`` (bridging samples, features), rows in the same order. ``paired``:
    the median of the samples' differences, on samples measured in both; else the difference of
    the two medians, which differs from it when samples change places. Raises ValueError when the
    numbers of samples differ.
    Source: as documented of ``OlinkAnalyze::olink_normalization``, bridging (paired) and subset.
    """
    if np.shape(reference) != np.shape(other):
        raise ValueError("the bridging samples of the two projects are not the same")
    if paired:
        return _median(np.asarray(reference) - np.asarray(other))
    return _median(np.asarray(reference)) - _median(np.asarray(other))


def _medians(values: Float, plate: Integer, plates: Integer) -> Float:
    return np.array([_median(values[plate == code]) for code in plates])


def _median(values: Float) -> Float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of features without any value
        median: Float = np.nanmedian(values, axis=0)
    return median
