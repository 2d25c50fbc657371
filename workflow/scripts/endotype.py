from immunosep_omics.rule import job

with job(snakemake) as task:
    from functools import partial

    from immunosep_omics.endotype import endotype
    from immunosep_omics.tables import read_table, read_tables, write_table

    given = task.params.given
    result = endotype(
        read_table(task.input.factors),
        read_table(task.input.components),
        read_table(task.input.reliability),
        read_tables(task.input.clinical, given["clinical"]),
        given["endotype"],
        given["seed"],
        given["analysis"],
        task.threads,
        partial(print, flush=True),
    )
    write_table(result.endotypes, task.output.endotypes)
    write_table(result.stability, task.output.stability)
    write_table(result.consensus, task.output.consensus)
    write_table(result.status, task.output.status)
