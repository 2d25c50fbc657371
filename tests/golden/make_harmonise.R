# What R says about factors, ComBat's options, surrogate variables and variance stabilisation.
# Usage, from this folder: Rscript make_harmonise.R
# Needs edgeR, sva and DESeq2 (versions used: sessionInfo_harmonise.txt). Rows are features.
# Inputs not made here are those of make_goldens.R.

suppressPackageStartupMessages({
  library(edgeR)
  library(sva)
  library(DESeq2)
})
options(warn = 1)

read <- function(name) as.matrix(read.delim(paste0(name, ".tsv")))
source("save.R")

# ---- factors ---------------------------------------------------------------------------------
counts <- read("counts")
even <- counts[, 1:14]
save(cbind(rle = calcNormFactors(counts, method = "RLE"),
           upper_quartile = calcNormFactors(counts, method = "upperquartile")), "factors")
save(cbind(rle = calcNormFactors(even, method = "RLE"),
           upper_quartile = calcNormFactors(even, method = "upperquartile")), "factors_even")

# ---- variance stabilisation ------------------------------------------------------------------
# Genes alike but for their mean, as the trend supposes; 500 of them, so that all teach it.
seen <- suppressMessages(DESeqDataSetFromMatrix(counts, data.frame(row.names = colnames(counts)), ~1))
seen <- suppressMessages(estimateDispersionsFit(estimateDispersionsGeneEst(estimateSizeFactors(seen))))
trend <- attr(dispersionFunction(seen), "coefficients")
save(cbind(dispersion = mcols(seen)$dispGeneEst, mean = mcols(seen)$baseMean), "vst_dispersions")
save(rbind(trend), "vst_trend")
save(cbind(size = sizeFactors(seen)), "vst_size_factors")
save(assay(varianceStabilizingTransformation(seen))[1:150, ], "vst_result")

# ---- ComBat's options ------------------------------------------------------------------------
design <- read("combat_design")
batch <- design[, 1]
model <- model.matrix(~ design[, 2:3])
combat <- function(values, name, ...) {
  save(suppressMessages(ComBat(read(values), batch, ...)), paste0("combat_", name, "_result"))
}
combat("combat_values", "mean_only", mean.only = TRUE)
combat("combat_gaps", "mean_only_gaps", mod = model, mean.only = TRUE)
combat("combat_values", "reference", ref.batch = 2)
combat("combat_gaps", "reference_gaps", mod = model, ref.batch = 1)
combat("combat_values", "non_parametric", par.prior = FALSE)
combat("combat_gaps", "non_parametric_gaps", mod = model, par.prior = FALSE)
combat("combat_values", "non_parametric_mean_only", mod = model, par.prior = FALSE, mean.only = TRUE)
combat("combat_gaps", "non_parametric_reference", par.prior = FALSE, ref.batch = 3)
combat("combat_values", "mean_only_reference", mod = model, mean.only = TRUE, ref.batch = 1)

# ---- controls only: each batch's line from its controls, continued to its patients ------------
values <- read("combat_values")
control <- design[, 2] == 0
adjusted <- suppressMessages(ComBat(values[, control], batch[control]))
anchored <- values
for (b in unique(batch)) for (i in seq_len(nrow(values))) {
  own <- which(batch[control] == b)
  x <- values[i, control][own]
  y <- adjusted[i, own]
  ends <- c(which.min(x), which.max(x))
  slope <- if (diff(x[ends]) > 0) diff(y[ends]) / diff(x[ends]) else 1
  anchored[i, batch == b] <- y[1] + slope * (values[i, batch == b] - x[1])
}
save(anchored, "control_anchored_result")

writeLines(c(
  R.version.string, R.version$platform,
  sapply(c("edgeR", "sva", "DESeq2"), function(name) paste(name, packageVersion(name)))
), "sessionInfo_harmonise.txt")
