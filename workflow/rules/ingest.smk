rule study:
    output:
        "<results>/study.txt",
    log:
        "<results>/logs/study.log",
    params:
        given={"study": PLAN["study"]},
    shell:
        "echo '{params.given[study]}' > {output} 2> {log}"


rule clinical:
    input:
        lookup(dpath="clinical/{cohort}/files", within=PLAN),
        check="<results>/checks/{cohort}.tsv",
        study="<results>/study.txt",
    output:
        table="<results>/cohorts/{cohort}/clinical.tsv",
        names="<results>/cohorts/{cohort}/assay_samples.tsv",
        steps="<results>/cohorts/{cohort}/steps.tsv",
    log:
        "<results>/logs/clinical/{cohort}.log",
    params:
        given=lookup(dpath="clinical/{cohort}/given", within=PLAN),
    script:
        "../scripts/clinical.py"


rule ingest_assay:
    input:
        lookup(dpath="ingest/{cohort}/{assay}/files", within=PLAN),
        check="<results>/checks/{cohort}.tsv",
        clinical="<results>/cohorts/{cohort}/clinical.tsv",
        names="<results>/cohorts/{cohort}/assay_samples.tsv",
    output:
        raw="<results>/assays/{cohort}/{assay}/raw.h5ad",
        qc="<results>/assays/{cohort}/{assay}/qc.tsv",
        feature_qc="<results>/assays/{cohort}/{assay}/feature_qc.tsv",
        drift="<results>/assays/{cohort}/{assay}/drift.tsv",
        steps="<results>/assays/{cohort}/{assay}/steps.tsv",
        mapping="<results>/assays/{cohort}/{assay}/mapping.tsv",
    log:
        "<results>/logs/ingest/{cohort}.{assay}.log",
    params:
        given=lookup(dpath="ingest/{cohort}/{assay}/given", within=PLAN),
    script:
        "../scripts/ingest.py"


rule ingest:
    input:
        lookup(dpath="raw_assays", within=PLAN),
