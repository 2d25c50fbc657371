from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.biomarkers import rank_biomarkers
    from immunosep_omics.tables import read_table, write_table

    tables = {Path(path).stem: read_table(path) for path in task.input.tables}
    write_table(rank_biomarkers(tables), task.output.biomarkers)
