rule normalise_assay:
    input:
        raw="<results>/assays/{cohort}/{assay}/raw.h5ad",
    output:
        normalised="<results>/assays/{cohort}/{assay}/normalised.h5ad",
        steps="<results>/assays/{cohort}/{assay}/normalisation.tsv",
    params:
        given=lookup(dpath="normalise/{cohort}/{assay}/given", within=PLAN),
    log:
        "<results>/logs/normalise/{cohort}.{assay}.log",
    script:
        "../scripts/normalise.py"


rule normalise:
    input:
        lookup(dpath="normalised_assays", within=PLAN),
