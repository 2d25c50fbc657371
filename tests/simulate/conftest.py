import pytest

from immunosep_omics import simulate
from immunosep_omics.simulate import SimulatedStudy, World


@pytest.fixture(scope="session")
def separated() -> World:
    return simulate.load_world("separated")


@pytest.fixture(scope="session")
def study(separated: World) -> SimulatedStudy:
    return simulate.draw(separated, 1)


@pytest.fixture(scope="session")
def large(separated: World) -> SimulatedStudy:
    """Two large cohorts with few genes, for laws that only many patients can show."""
    plans = {
        name: separated.cohorts[name].model_copy(update={"patients": 2000})
        for name in ("athens", "modena")
    }
    few = separated.expression.model_copy(update={"genes": 500})
    world = separated.model_copy(update={"cohorts": plans, "expression": few})
    return simulate.draw(world, 1)
