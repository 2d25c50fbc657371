"""A methods text made from the settings that ran, to be pasted into a paper and corrected there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from immunosep_omics import RESEARCH_USE
from immunosep_omics.report.references import cited_in

KINDS = {
    "rna_counts": "RNA-seq counts",
    "rna_array": "expression arrays",
    "expression": "normalised expression",
    "ms_proteins": "mass spectrometry proteins",
    "olink_npx": "Olink proteins (NPX)",
    "metabolites": "metabolites",
}

STEPS = {
    "filter_low": "features with too few counts were dropped by the rule of edgeR's filterByExpr"
    " (at least {min_count:g} counts, {min_total_count:g} in all; Chen 2016)",
    "filter_missing": "features missing in more than {max_missing:.0%} of the samples were dropped",
    "tmm": "library sizes were scaled by the trimmed mean of M-values (Robinson & Oshlack 2010)",
    "rle": "library sizes were scaled by relative log expression (Anders & Huber 2010)",
    "upper_quartile": "library sizes were scaled by upper quartiles (Bullard 2010)",
    "log_cpm": "counts became log2 counts per million (prior count {prior_count:g}; Law 2014)",
    "vst": "counts were scaled by median ratios and brought to a scale of stable variance, in the"
    " closed form of DESeq2 (Love 2014)",
    "log2": "values not yet on a log scale became log2 values",
    "vsn": "intensities were brought to a scale of stable variance, samples made alike by robust"
    " maximum likelihood (Huber 2002)",
    "bridge": "projects with bridging samples were brought to the scale of the other project by"
    " these samples' median shift",
    "intensity": "the medians of plates were made alike, which supposes that patients were put on"
    " plates at random",
    "quantile": "samples were quantile normalised within the cohort (Bolstad 2003)",
    "median_centre": "samples were brought to a common median",
}

HARMONISE = {
    "none": "Cohorts were joined as they are, without harmonisation.",
    "within_cohort_z": "Within each cohort, every feature was brought to mean 0 and standard"
    " deviation 1; differences in the mix of patients between cohorts are lost by this.",
    "combat": "Location and scale of each cohort were harmonised by ComBat, without any outcome"
    " as a covariate (Johnson 2007).",
    "control_anchored": "Location and scale of each cohort were harmonised as its healthy controls"
    " show them (Sweeney 2016), by ComBat's estimates (Johnson 2007): what differs between patients"
    " of different cohorts is kept, under the assumption that healthy people are alike in all.",
    "quantile": "Every sample was given the mean distribution of the discovery cohorts' samples,"
    " by rank (Bolstad 2003); differences between cohorts of single features remain.",
}


IMPUTE = {
    "mean": "for them alone, missing values were given the mean of the training samples",
    "censored": "for them alone, missing values were given what is expected below the lowest value"
    " of the training samples, by a normal distribution cut there (Tobin 1958), and the mean where"
    " a sample lacked the whole assay",
}


def methods_text(settings: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """Markdown paragraphs: data, normalisation, one part per analysis, software, references."""
    study, cohorts = settings["study"], settings["cohorts"]
    parts = [
        "# Methods",
        RESEARCH_USE,
        _data(study, cohorts),
        _normalisation(study["recipes"], cohorts),
    ]
    for name, analysis in study["analyses"].items():
        parts += [f"## Analysis {name}", *_analysis(analysis, cohorts)]
    parts += ["## Software", _software(study, versions)]
    references = cited_in("\n".join(parts))
    return "\n\n".join([*parts, "## References", *references]) + "\n"


def _data(study: Mapping[str, Any], cohorts: Mapping[str, Any]) -> str:
    described = [_cohort(name, facts) for name, facts in cohorts.items()]
    text = f"The study {study['study']} joined {_listed(described)}."
    if study.get("simulate"):
        world = study["simulate"]["world"]
        text += f" All data were generated (world {world}); nothing here was measured in patients."
    return text


def _cohort(name: str, facts: Mapping[str, Any]) -> str:
    kinds = [KINDS.get(a["kind"], a["kind"]) for a in facts["assays"].values()]
    source = facts.get("source") or {}
    where = "; ".join(str(source[key]) for key in ("doi", "geo") if source.get(key))
    return f"{name} ({_listed(list(dict.fromkeys(kinds)))}{'; ' + where if where else ''})"


def _normalisation(recipes: Mapping[str, Any], cohorts: Mapping[str, Any]) -> str:
    used = {a["kind"]: None for facts in cohorts.values() for a in facts["assays"].values()}
    sentences = ["Each assay of each cohort was checked and normalised by itself."]
    for kind in used:
        bridged = any(
            a.get("bridge") for facts in cohorts.values() for a in facts["assays"].values()
        )
        steps = [
            STEPS[word].format(**(options or {}))
            for step in recipes[kind]
            for word, options in step.items()
            if word != "bridge" or bridged
        ]
        done = _listed(steps) if steps else "values were used as delivered"
        sentences.append(f"For {KINDS.get(kind, kind)}, {done}.")
    return " ".join(sentences)


def _analysis(analysis: Mapping[str, Any], cohorts: Mapping[str, Any]) -> list[str]:
    return [
        _integration(analysis, cohorts),
        _endotypes(analysis["endotype"]),
        _differential(analysis),
        _panels(analysis),
    ]


def _integration(analysis: Mapping[str, Any], cohorts: Mapping[str, Any]) -> str:
    applied = analysis["apply_to"]
    discovery = analysis["discover_in"] or [name for name in cohorts if name not in applied]
    samples = (
        "one sample per patient, the earliest,"
        if analysis["samples"] == "earliest"
        else "all samples"
    )
    text = (
        f"Factors and endotypes were learned in {_listed(discovery)} from"
        f" {_listed(analysis['assays'])} with {samples} entering. "
        f"{_harmonised(analysis['harmonise'])} Omics were joined by"
        f" {INTEGRATORS[analysis['integrate']['method']]}, and at most"
        f" {analysis['integrate']['factors']} joint factors are kept. A sample without an omic is"
        " placed by what it has."
    )
    compared = [
        f"{INTEGRATORS[word]}" for word in analysis["integrate"]["compare"] if word != "single"
    ]
    if "single" in analysis["integrate"]["compare"]:
        compared.append("each omic alone")
    if compared:
        text += f" For comparison only, the same endotypes were sought after {_listed(compared)}."
    if analysis["robustness"]:
        left_out = [LEFT_OUT[part] for part in analysis["robustness"]]
        text += f" Endotypes were sought again without {_listed(left_out)}."
    if applied:
        text += f" Samples of {_listed(applied)} were placed afterwards and changed nothing."
    return text


INTEGRATORS = {
    "mfa": "multiple factor analysis in its form for missing omics (Escofier & Pagès 1994, Husson &"
    " Josse 2013) over probabilistic principal components (Tipping & Bishop 1999): each assay is"
    " divided by its first singular value, components within the Marchenko-Pastur noise are"
    " dropped",
    "snf": "similarity network fusion (Wang 2014), of which the leading eigenvectors (Belkin &"
    " Niyogi 2003) are taken as far as they exceed those of permuted features",
    "nemo": "neighbourhoods of patients, over the omics that measured both of two (NEMO, Rappoport"
    " & Shamir 2019), of which the leading eigenvectors (Belkin & Niyogi 2003) are taken as far as"
    " they exceed those of permuted features",
    "concatenation": "one singular value decomposition of all features together, whose"
    " probabilistic principal components (Tipping & Bishop 1999) fill gaps",
    "mofa": "multi-omics factor analysis (MOFA, Argelaguet 2018) by its authors' library, of which"
    " factors of 1 % of some omic's variance are taken",
}


LEFT_OUT = {
    "cohorts": "each cohort",
    "omics": "each omic",
    "patients": "a tenth of the patients, five times",
}


def _harmonised(harmonise: Mapping[str, Any]) -> str:
    text = HARMONISE[harmonise["method"]]
    if harmonise.get("prior") == "non_parametric":
        text += " The features' own distribution was the prior."
    if harmonise.get("mean_only"):
        text += " Only locations were changed."
    if harmonise.get("reference"):
        text += f" {harmonise['reference']} stayed as it is (Zhang 2018)."
    if harmonise.get("protect"):
        text += f" Differences in {_listed(harmonise['protect'])} were kept."
    if "controls" in harmonise:
        controls = harmonise["controls"]
        text += f" Controls: {controls['column']} {controls['level']}."
    return text


CLUSTERERS = {
    "kmeans": "k-means (Lloyd 1982, Arthur & Vassilvitskii 2007)",
    "hierarchical": "hierarchical clustering with {linkage} linkage of Euclidean distances",
    "spectral": "spectral clustering (Ng 2002) of affinities scaled to each patient's"
    " neighbourhood (Zelnik-Manor & Perona 2004)",
    "mixture": "a mixture of Gaussians with a covariance for each class (Fraley & Raftery 2007)",
    "leiden": "Leiden communities (Traag 2019) among nearest neighbours, at the resolution that"
    " gave the number of groups most nearly",
}


def _endotypes(endotype: Mapping[str, Any]) -> str:
    if endotype["method"] == "given":
        return f"Endotypes were not sought but taken from the clinical column {endotype['column']}."
    drawn = f"{endotype['share']:.0%} of the patients"
    if endotype["feature_share"] < 1:
        drawn += f" and {endotype['feature_share']:.0%} of the factors"
    clusterer = CLUSTERERS[endotype["clusterer"]].format(**endotype)
    return (
        f"Endotypes were sought by consensus clustering (Monti 2003) of the factors with up to"
        f" {endotype['max_k']} groups and {endotype['resamples']} resamples of {drawn}, each"
        f" clustered by {clusterer}. More than one group"
        " was accepted only where the gap statistic (Tibshirani 2001) exceeded that of data with"
        " the same covariance, cohorts and missing omics but no clusters, at level 0.03 over all"
        " numbers tried. Class probabilities come from a mixture of Gaussians over the omics'"
        " components, with absent omics integrated out and a shift and a case-mix of its own for"
        " each cohort, fitted by expectation-maximisation (Dempster 1977) from the consensus; the"
        " number of groups has the least Bayesian information criterion (Schwarz 1978, Fraley &"
        " Raftery 2002). Where a model of one gradient, straight or curved, flat or skewed"
        " (Bartholomew 2011), explained as much as any groups by that criterion, and more than one"
        " even cloud at level 0.03, the answer is an axis and not groups."
        " The proportion of ambiguous pairs (Șenbabaoğlu 2014) and prediction strength"
        " (Tibshirani & Walther 2005) are reported beside it. The named axes are means of published"
        " genes (Moore 2025). As a picture only, UMAP (McInnes 2018) and, where installed, Leiden"
        " communities (Traag 2019) were computed with scanpy (Wolf 2018)."
    )


POOLING = {
    "moderated": "random effects with a between-cohort variance shared by the features"
    " (DerSimonian & Laird 1986, Hartung & Knapp 2001, Röver 2015); prediction intervals follow"
    " Higgins 2009",
    "fixed": "a fixed-effect meta-analysis of each feature, which speaks of these cohorts only",
    "dersimonian_laird": "a random-effects meta-analysis of each feature (DerSimonian & Laird 1986)"
    " with the test of Hartung & Knapp 2001; prediction intervals follow Higgins 2009",
    "reml": "a random-effects meta-analysis of each feature by restricted maximum likelihood"
    " (Viechtbauer 2005) with the test of Hartung & Knapp 2001; prediction intervals follow"
    " Higgins 2009",
}


COUNTS = {
    "voom": "counts entered as log2 counts per million with precision weights (voom, Law 2014)",
    "log_cpm": "counts entered as log2 counts per million",
    "negative_binomial": "counts entered a negative binomial model instead, with dispersions"
    " shrunk towards their trend and Wald's test (Love 2014, by PyDESeq2, Muzellec 2023)",
}

REPEATED = {
    "correlation": "Samples of one patient were related by one correlation for all features"
    " (Smyth 2005).",
    "mixed": "Where patients have several samples, each feature had a mixed model instead, with a"
    " random intercept for each patient (Laird & Ware 1982) and degrees of freedom after"
    " Giesbrecht & Burns 1985; for F-tests they were related by one correlation (Smyth 2005).",
}


def _differential(analysis: Mapping[str, Any]) -> str:
    stated = [_contrast(name, contrast) for name, contrast in analysis["contrasts"].items()]
    asked = f"Stated contrasts: {'; '.join(stated)}. " if stated else ""
    choices = analysis["differential"]
    options = [
        (
            choices["trend"],
            "a variance that follows the average level where values have no weights",
        ),
        (choices["robust"], "robust moderation (Phipson 2016)"),
        (choices["sample_weights"], "weights of samples by their quality (Ritchie 2006)"),
        (
            choices["surrogate_variables"],
            "factors of control genes (Gagnon-Bartlett & Speed 2012)"
            if choices["control_genes"]
            else "surrogate variables (Leek & Storey 2007)",
        ),
    ]
    chosen = [text for wanted, text in options if wanted]
    text = (
        f"{asked}Every contrast was estimated per feature and cohort by a linear model with"
        " empirical Bayes moderated variances (Smyth 2004)"
        f"{', with ' + _listed(chosen) if chosen else ''}; {COUNTS[choices['counts']]}."
        " Estimates were standardised by the residual standard deviation, and pooled over cohorts"
        f" by {POOLING[analysis['meta']]}. Questions about several coefficients were answered by"
        " F-tests, whose p values were combined over cohorts (Fisher 1932)."
    )
    if analysis["samples"] == "all":
        text += f" {REPEATED[choices['repeated']]}"
    if choices["composition"]:
        text += (
            f" Beside each effect stands what is left of it adjusted for"
            f" {_listed(choices['composition'])}."
        )
    return text + (
        " False discovery rates are those of Benjamini & Hochberg 1995; families of confirmatory"
        " contrasts were corrected by Holm 1979. Contrasts between"
        " endotypes that were found in the same data are descriptive: their p values have no error"
        " rate, and no false discovery rate is given."
    )


def _contrast(name: str, contrast: Mapping[str, Any]) -> str:
    if contrast["formula"]:
        estimate = contrast["estimate"]
        wanted = [estimate] if isinstance(estimate, str) else estimate
        asked = f"{_listed(wanted)} in {contrast['formula']}"
    elif contrast["level"] is None:
        line = f"a curve of {contrast['curve']} coefficients" if contrast["curve"] else "a line"
        asked = f"{line} over {contrast['column']}"
    elif contrast["level"] == "any":
        asked = f"any difference between levels of {contrast['column']}"
    else:
        asked = f"{contrast['column']} {contrast['level']} versus {contrast['versus']}"
    if contrast["adjust"]:
        asked += f", adjusted for {_listed(contrast['adjust'])}"
    if contrast["population"]:
        levels = (f"{c} {' or '.join(map(str, own))}" for c, own in contrast["population"].items())
        asked += f", among {_listed(list(levels))}"
    if contrast["beyond"]:
        asked += f", beyond {contrast['beyond']:g} (McCarthy & Smyth 2009)"
    role = contrast["role"]
    if contrast["plan"]:
        role += f" by the plan with SHA-256 {contrast['plan']['sha256']}"
    return f"{name} ({asked}; {role})"


def _panels(analysis: Mapping[str, Any]) -> str:
    panel, outcome = analysis["panel"], analysis["outcome"]
    goal = f"the outcome {outcome['event']} and for the endotype" if outcome else "the endotype"
    return (
        f"Panels for {goal} were elastic net models (Zou & Hastie 2005; L1 share"
        f" {panel['mixing']:g}) of at most {panel['candidates']} candidate features;"
        f" {IMPUTE[panel['impute']]}. Each cohort"
        " was held out in turn, and every learned step, harmonisation and selection included, was"
        " refitted without it. The area under the ROC curve has DeLong's interval on the logit"
        " scale (DeLong 1988) and is pooled over cohorts by random effects; fidelity, the agreement"
        " with the full model's endotypes, has Wilson's interval (Wilson 1927)."
    )


def _software(study: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    named = [f"{name} {version}" for name, version in versions.items() if version[:1].isdigit()]
    return (
        f"The analysis ran with {_listed(named)} under Snakemake (Mölder 2021); models came from"
        f" scikit-learn (Pedregosa 2011) where not stated otherwise. Random seed: {study['seed']}."
    )


def _listed(items: Sequence[str]) -> str:
    """A, B and C."""
    words = [str(item) for item in items]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
