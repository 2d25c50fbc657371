from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest.geo.download import fetch

    given = task.params.given
    fetch(given["path"], given["sha256"], Path(task.output[0]))
