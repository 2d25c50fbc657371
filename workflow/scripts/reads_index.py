from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest.reads import index_command, run

    reference = task.input.reference
    run(index_command(Path(reference), Path(task.output[0]), task.threads), reference)
