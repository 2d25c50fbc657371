from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay, write_assay
    from immunosep_omics.normalise import normalise
    from immunosep_omics.tables import write_table

    normalised, steps = normalise(
        read_assay(task.input.raw), task.params.given["recipe"], task.params.given["design"]
    )
    write_assay(normalised, task.output.normalised)
    write_table(steps, task.output.steps)
