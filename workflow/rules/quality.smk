# Flags, never drops: `drop_samples` in the study file is read by normalise alone.
rule quality_assay:
    input:
        raw="<results>/assays/{cohort}/{assay}/raw.h5ad",
        qc="<results>/assays/{cohort}/{assay}/qc.tsv",
    output:
        features="<results>/assays/{cohort}/{assay}/feature_qc.tsv",
        drift="<results>/assays/{cohort}/{assay}/drift.tsv",
    log:
        "<results>/logs/quality/{cohort}.{assay}.log",
    params:
        given=lookup(dpath="quality/{cohort}/assay", within=PLAN),
    script:
        "../scripts/quality_assay.py"


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


rule quality_page:
    input:
        lookup(dpath="quality/{cohort}/tables", within=PLAN),
        "<results>/cohorts/{cohort}/flags.tsv",
        "<results>/cohorts/{cohort}/multiqc.tsv",
    output:
        "<results>/report/quality_{cohort}.html",
    log:
        "<results>/logs/quality/page.{cohort}.log",
    params:
        given=lookup(dpath="quality/{cohort}/page", within=PLAN),
    script:
        "../scripts/quality_page.py"


rule quality:
    input:
        lookup(dpath="quality_pages", within=PLAN),
        "<results>/quality/duplicates.tsv",
