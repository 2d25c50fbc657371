# Flags, never drops: `drop_samples` in the study file is read by normalise alone.
rule quality_cohort:
    input:
        raw=lookup(dpath="quality/{cohort}/raw", within=PLAN),
        qc=lookup(dpath="quality/{cohort}/qc", within=PLAN),
        clinical="<results>/cohorts/{cohort}/clinical.tsv",
        names="<results>/cohorts/{cohort}/assay_samples.tsv",
        multiqc=lookup(dpath="quality/{cohort}/multiqc", within=PLAN),
    output:
        flags="<results>/cohorts/{cohort}/flags.tsv",
        multiqc="<results>/cohorts/{cohort}/multiqc.tsv",
    log:
        "<results>/logs/quality/{cohort}.log",
    params:
        given=lookup(dpath="quality/{cohort}/given", within=PLAN),
    script:
        "../scripts/quality_cohort.py"


# A leaf: nothing waits for it, so that a new cohort reruns no other.
rule quality_study:
    input:
        lookup(dpath="raw_assays", within=PLAN),
    output:
        "<results>/quality/duplicates.tsv",
    log:
        "<results>/logs/quality/study.log",
    params:
        given=lookup(dpath="quality_study/given", within=PLAN),
    script:
        "../scripts/quality_study.py"


# One job for all pages: a page takes a fraction of the second that a job's start takes.
rule quality_pages:
    input:
        lookup(dpath="quality_pages/tables", within=PLAN),
    output:
        PLAN["quality_pages"]["pages"],
    log:
        "<results>/logs/quality/pages.log",
    params:
        given=lookup(dpath="quality_pages/given", within=PLAN),
    script:
        "../scripts/quality_pages.py"


rule quality:
    input:
        lookup(dpath="quality_pages/pages", within=PLAN),
        "<results>/quality/duplicates.tsv",
