from pathlib import Path

import pytest

from immunosep_omics.errors import InputError
from immunosep_omics.simulate import World, load_world
from immunosep_omics.simulate.world import WORLDS

NAMES = ("separated", "continuum", "null")


def test_the_worlds_differ_only_in_their_biology() -> None:
    worlds = [load_world(name) for name in NAMES]
    for world, name in zip(worlds, NAMES, strict=True):
        assert world.name == name
    platforms = ("sequencing", "array", "mass_spectrometry", "olink", "cohort_effect", "cohorts")
    for part in platforms:
        assert all(getattr(world, part) == getattr(worlds[0], part) for world in worlds)
    assert list(worlds[0].endotypes) == ["balanced", "myeloid", "systemwide"]
    assert not worlds[1].endotypes
    assert not worlds[2].endotypes
    assert not worlds[2].axes_exist


def test_a_path_is_as_good_as_a_name() -> None:
    assert load_world(WORLDS / "null.yaml") == load_world("null")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("drift:", "drifft:", "drifft"),
        ("platform: geo", "platform: olink", "rna cannot come from olink"),
        ("share: 0.45", "share: 0.5", "do not add up to 1"),
        ("prefix: NIJ", "prefix: ATH", "same prefix"),
        ("axes_exist: true", "axes_exist: false", "has axis effects"),
        ("dialect: athens", "dialect: jena", "names arrays"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((WORLDS / "separated.yaml").read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=told):
        load_world(path)


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(InputError, match="no such file"):
        load_world("atlantis")


def test_a_world_is_frozen(separated: World) -> None:
    with pytest.raises(ValueError, match="frozen"):
        separated.case_mix = 1.0  # type: ignore[misc]
