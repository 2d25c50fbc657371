from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.simulate import load_world, stream_cohorts, write

    given = task.params.given
    # One cohort in memory at a time.
    write(stream_cohorts(load_world(given["world"]), given["seed"]), Path(given["folder"]))
