from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.assay import read_assay, values_of, write_assay
    from immunosep_omics.normalise import Bridge, normalise
    from immunosep_omics.normalise.left_out import left_out
    from immunosep_omics.tables import read_tables, write_table

    given = task.params.given
    flags = read_tables(task.input.flags) if task.input.flags else None
    out = left_out(flags, task.wildcards.assay, given.get("drop_samples", []))
    plates, bridge = None, None
    if task.input.quality:
        plates = read_tables(task.input.quality).set_index("sample")["plate"]
    if task.input.reference:
        other = values_of(read_assay(task.input.reference[0]))
        bridge = Bridge(other, given["bridge"]["samples"])
    normalised, steps = normalise(
        read_assay(task.input.raw), given["recipe"], given["design"], out, plates, bridge
    )
    write_assay(normalised, task.output.normalised)
    write_table(steps, task.output.steps)
