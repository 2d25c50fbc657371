"""Names, titles and captions of the figures; light, because the workflow declares outputs by it."""

from __future__ import annotations

CAPTIONS: dict[str, tuple[str, str]] = {
    "shares": (
        "What the factors are made of",
        "Share of each assay's variance that each joint factor explains. A factor that is strong "
        "in one row only belongs to that assay alone; one strong in several rows is shared.",
    ),
    "endotype_map": (
        "Patients on the first two factors",
        "One point per sample: colour is the endotype, shape the cohort. A ring marks samples "
        "whose endotype is uncertain. Distances along the page are in units of the factors.",
    ),
    "axes": (
        "Immune axes",
        "Named axes are means of published genes measured in RNA; a sample without RNA has what "
        "its factors predict. Boxes show the quartiles, whiskers reach 1.5 interquartile ranges, "
        "and every sample is a point.",
    ),
    "number_of_endotypes": (
        "How many endotypes",
        "Left: the gap statistic against data of the same spread without clusters (band: two "
        "standard deviations of the null). Middle: share of ambiguously clustered pairs, lower is "
        "better. Right: prediction strength between halves of the data, higher is better. The "
        "filled point is the number chosen.",
    ),
    "consensus": (
        "How firmly patients cluster together",
        "How often two groups of patients fall into one cluster when clustering is repeated on "
        "resampled data. Firm endotypes are dark squares on the diagonal.",
    ),
    "neighbours": (
        "A second opinion from nearest neighbours",
        "A UMAP picture of the same factors: left by endotype, right by Leiden communities, a "
        "method that played no part in the endotypes. UMAP keeps neighbourhoods, not distances: "
        "sizes and gaps of the clouds mean nothing.",
    ),
    "volcano": (
        "Genes that differ",
        "Effect pooled over cohorts, in residual standard deviations, against its p value. "
        "Coloured: false discovery rate below 0.05. In facets marked descriptive the groups were "
        "found in the same data, so that p values have no error rate and nothing is coloured.",
    ),
    "markers": (
        "Markers of the endotypes",
        "Pooled standardised effects of the genes that set each endotype apart most. Red: higher "
        "than in the others; blue: lower; blank: not measured. Descriptive where the endotypes "
        "were found in the same data.",
    ),
    "forest": (
        "Top genes of the tested contrasts, cohort by cohort",
        "Effects in residual standard deviations with 95% confidence intervals. Colours are "
        "cohorts, the black diamond is the random-effects estimate over all of them.",
    ),
    "panel": (
        "Prediction in cohorts that were held out",
        "Area under the ROC curve in each cohort with a panel trained on the other cohorts only, "
        "with 95% confidence intervals; the pooled value's thin line is the prediction interval "
        "for a new cohort. Right: the curves behind the numbers.",
    ),
}

FIGURE_NAMES: tuple[str, ...] = tuple(CAPTIONS)
