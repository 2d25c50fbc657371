rule normalise_assay:
    input:
        raw="<results>/assays/{cohort}/{assay}/raw.h5ad",
        flags=lookup(dpath="normalise/{cohort}/{assay}/flags", within=PLAN),
        quality=lookup(dpath="normalise/{cohort}/{assay}/quality", within=PLAN),
        reference=lookup(dpath="normalise/{cohort}/{assay}/reference", within=PLAN),
    output:
        normalised="<results>/assays/{cohort}/{assay}/normalised.h5ad",
        steps="<results>/assays/{cohort}/{assay}/normalisation.tsv",
    log:
        "<results>/logs/normalise/{cohort}.{assay}.log",
    params:
        given=lookup(dpath="normalise/{cohort}/{assay}/given", within=PLAN),
    script:
        "../scripts/normalise.py"


rule normalise:
    input:
        lookup(dpath="normalised_assays", within=PLAN),
