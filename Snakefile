# The workflow catalogue and `snakemake` without `-s` look here; the workflow is one level down.
include: "workflow/Snakefile"
