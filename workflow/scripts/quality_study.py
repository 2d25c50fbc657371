from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay
    from immunosep_omics.ingest.quality.cohort import study_duplicates
    from immunosep_omics.tables import write_table

    names = [tuple(pair) for pair in task.params.given["assays"]]
    assays = {name: read_assay(path) for name, path in zip(names, task.input, strict=True)}
    write_table(study_duplicates(assays), task.output[0])
