from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.simulate import draw, load_world, write

    given = task.params.given
    write(draw(load_world(given["world"]), given["seed"]), Path(given["folder"]))
