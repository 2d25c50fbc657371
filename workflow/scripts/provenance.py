from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.report.provenance import write_provenance

    given = task.params.given
    files = list(task.input)[: len(given["names"])]
    write_provenance(
        given["settings"], given["names"], files, given["clinical"], Path(task.output[0]).parent
    )
