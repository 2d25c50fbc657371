"""Names, titles and captions of the figures; light, because the workflow declares outputs by it."""

from __future__ import annotations

CAPTIONS: dict[str, tuple[str, str]] = {
    "harmonisation": (
        "What harmonisation did",
        "Each measure before (hollow) and after (filled), with intervals of 95 % over samples "
        "drawn again within cohorts. Above, how well cohorts are mixed: share of the first "
        "components' variance that lies between cohorts; silhouette of the cohorts; share of "
        "samples among whose neighbours the cohorts are mixed as among all (kBET); how many "
        "cohorts the neighbours come from, on a scale from 0 for one to 1 for as many as there "
        "are (LISI). Below, what is kept of the biology: share of the variance within cohorts "
        "that goes with a label; how much of a difference within cohorts is seen when all "
        "samples are compared at once (1: all of it, less where it went with the cohorts, "
        "something else where differences between cohorts are mixed in); share of a sample's "
        "nearest neighbours in its own cohort that stay so.",
    ),
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
        "standard deviations of the null). Then: share of ambiguously clustered pairs, lower is "
        "better; how much the consensus gains over one group fewer (delta area), which is large "
        "up to the number that the data support. Right: prediction strength between halves of "
        "the data, higher is better. The filled point is the number chosen.",
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
