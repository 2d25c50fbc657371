from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.ingest.reads import check_programs, check_reads
    from immunosep_omics.settings.assays import assay_facts
    from immunosep_omics.tables import write_table

    given = task.params.given
    versions = check_programs()
    check_reads(assay_facts(given["assay"]), Path(given["folder"]))
    write_table(versions, task.output[0])
