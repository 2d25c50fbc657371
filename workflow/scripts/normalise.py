from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay, write_assay
    from immunosep_omics.normalise import normalise
    from immunosep_omics.normalise.left_out import left_out
    from immunosep_omics.tables import read_tables, write_table

    given = task.params.given
    flags = read_tables(task.input.flags) if task.input.flags else None
    out = left_out(flags, task.wildcards.assay, given.get("drop_samples", []))
    normalised, steps = normalise(read_assay(task.input.raw), given["recipe"], given["design"], out)
    write_assay(normalised, task.output.normalised)
    write_table(steps, task.output.steps)
