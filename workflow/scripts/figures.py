from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.figures import draw_all

    draw_all(Path(task.input.factors).parent, Path(task.output[0]).parent)
