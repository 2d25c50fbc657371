from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    import pandas as pd

    from immunosep_omics.ingest.reads import report
    from immunosep_omics.tables import write_table

    status = Path(task.output[0])
    folder = status.parent / task.wildcards.assay
    answered, reason = report(folder, status.with_suffix(""))
    row = ("MultiQC report of the reads", answered, reason)
    write_table(pd.DataFrame([row], columns=["question", "answered", "reason"]), status)
