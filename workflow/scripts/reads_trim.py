from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest.reads import run, trim_command

    stated = task.input.reads
    reads = [Path(path) for path in ([stated] if isinstance(stated, str) else stated)]
    folder = Path(task.output.reads)
    folder.mkdir(parents=True)
    run(trim_command(reads, folder, Path(task.output.summary), task.threads), str(reads[0]))
