# The workflow catalogue and `snakemake` without `-s` look here; the workflow is one level down.
include: "workflow/Snakefile"


# An included file cannot name the default target of the file that includes it.
workflow.default_target = "all"
