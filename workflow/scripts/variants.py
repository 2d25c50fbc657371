from pathlib import Path

from immunosep_omics.rule import job

with job(snakemake) as task:
    from immunosep_omics.endotype.variants import Outcome, compare_variants
    from immunosep_omics.tables import read_table, write_table

    given = task.params.given

    def outcome(folder, stated):
        tables = ("factors", "endotypes", "stability", "status/endotype")
        return Outcome(*(read_table(folder / f"{name}.tsv") for name in tables), stated)

    own = Path(task.input.own[0]).parent
    others = {
        name: outcome(own / "variants" / name, stated)
        for name, stated in given["variants"].items()
    }
    table = compare_variants(
        outcome(own, given["own"]), others, given["seed"], given["analysis"]
    )
    write_table(table, task.output.table)
