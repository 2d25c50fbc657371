from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest.reads import quantify_command, run

    folder = Path(task.output[0]).parent
    command = quantify_command(
        Path(task.input.index), Path(task.input.reads), folder, task.threads
    )
    run(command, folder.as_posix())
