# Makes every .tsv in this folder: inputs and what R says about them.
# Usage, from this folder: Rscript make_goldens.R
# Needs limma, edgeR, sva and tximport (versions used: sessionInfo.txt). Rows are features, as R has them.

suppressPackageStartupMessages({
  library(limma)
  library(edgeR)
  library(sva)
  library(tximport)
})
options(warn = 1)

source("save.R")

# ---- limma: complete values, 30 % missing, weights, a contrast -------------------------------
set.seed(20040101)
features <- 200
group <- rep(0:1, each = 10)
age <- round(rnorm(20, 60, 12))
site <- rep(c(0, 1), 10)
design <- cbind(intercept = 1, group = group, age = age, site = site)
sd <- sqrt(0.3 * 6 / rchisq(features, 6))
values <- matrix(rnorm(features * 20), features) * sd + rnorm(features, 7, 2)
values[1:20, group == 1] <- values[1:20, group == 1] + 1.5
# Three decimals keep the input files small.
values <- round(values, 3)
gaps <- values
gaps[matrix(runif(features * 20) < 0.3, features)] <- NA
gaps[5, ] <- NA
# Measured in one group only: in the first, and in the second.
gaps[6, ] <- replace(values[6, ], 6:20, NA)
gaps[7, ] <- replace(values[7, ], 1:10, NA)
weights <- round(runif(20, 0.3, 2), 3)
cell_weights <- round(matrix(runif(features * 20, 0.2, 3), features), 3)
save(values, "linear_values")
save(gaps, "linear_gaps")
save(design, "linear_design")
save(weights, "linear_weights")
save(cell_weights, "linear_cell_weights")

save_fit <- function(fit, name) {
  fit <- eBayes(fit)
  wide <- cbind(
    coefficient = fit$coefficients, stdev = fit$stdev.unscaled, t = fit$t, p = fit$p.value,
    sigma = fit$sigma, df_residual = fit$df.residual, df_total = fit$df.total,
    variance_posterior = fit$s2.post, df_prior = fit$df.prior, variance_prior = fit$s2.prior
  )
  colnames(wide) <- c(
    paste(rep(c("coefficient", "stdev", "t", "p"), each = ncol(fit$coefficients)),
          seq_len(ncol(fit$coefficients)), sep = "_"),
    "sigma", "df_residual", "df_total", "variance_posterior", "df_prior", "variance_prior"
  )
  save(wide, name)
}
save_fit(lmFit(values, design), "linear_values_fit")
save_fit(lmFit(gaps, design), "linear_gaps_fit")
save_fit(lmFit(values, design, weights = weights), "linear_weights_fit")
save_fit(lmFit(gaps, design, weights = cell_weights), "linear_cell_weights_fit")
save_fit(contrasts.fit(lmFit(values, design), cbind(c(0, 1, 0, -1), c(0, 1, 0, 2))),
         "linear_contrast_fit")
# Equal true variances: the prior has infinite degrees of freedom.
equal <- round(matrix(rnorm(50 * 6), 50), 3)
save(equal, "linear_equal")
save_fit(lmFit(equal, cbind(1, rep(0:1, each = 3))), "linear_equal_fit")

# ---- variances alone -------------------------------------------------------------------------
df <- sample(c(0, 1, 2, 5, 12), 60, replace = TRUE)
variances <- 2 * rf(60, pmax(df, 1), 4)
variances[df == 0] <- NA
variances[3] <- 0; df[3] <- 5
squeezed <- squeezeVar(ifelse(df == 0, 0, variances), df)
save(cbind(variance = variances, df = df, posterior = squeezed$var.post,
           prior = squeezed$var.prior, df_prior = squeezed$df.prior), "squeeze")
t <- c(1e-6, 0.1, 1, 2, 5, 10, 20, 37)
grid <- expand.grid(t = t, df = c(0.5, 1, 3.3, 17, 250, 1e6, Inf))
save(cbind(as.matrix(grid), p = 2 * pt(-grid$t, grid$df)), "student")

# ---- edgeR -----------------------------------------------------------------------------------
set.seed(20100302)
depth <- 10^runif(15, 4.6, 5.6)
profile <- rexp(500)^3
profile <- profile / sum(profile)
counts <- sapply(depth, function(n) rnbinom(500, mu = n * profile, size = 4))
counts[1:25, 1:5] <- counts[1:25, 1:5] * 6
counts[400:405, ] <- 0
small <- rep(0:1, c(4, 11))
count_design <- cbind(1, small, round(rnorm(15), 3))
factors <- calcNormFactors(counts)
library <- colSums(counts)
save(counts, "counts")
save(count_design, "counts_design")
save(cbind(library = library, factor = factors,
           factor_reference_3 = calcNormFactors(counts, refColumn = 3)), "counts_factors")
save(cbind(all = filterByExpr(counts), group = filterByExpr(counts, group = small),
           design = filterByExpr(counts, design = count_design),
           large = filterByExpr(cbind(counts, counts), group = rep(0, 30))), "counts_filter")
save(cpm(counts, lib.size = library * factors, log = TRUE, prior.count = 2)[1:150, ], "counts_log_cpm")
sparse <- matrix(rpois(300 * 6, 0.15), 300)
save(sparse, "counts_sparse")
save(calcNormFactors(sparse), "counts_sparse_factors")

# ---- quantile normalisation ------------------------------------------------------------------
set.seed(20030122)
array <- round(matrix(rlnorm(120 * 8, 2), 120), 1)
save(array, "quantile_values")
save(normalizeQuantiles(array, ties = TRUE), "quantile_values_result")
array_gaps <- array
array_gaps[matrix(runif(120 * 8) < 0.2, 120)] <- NA
save(array_gaps, "quantile_gaps")
save(normalizeQuantiles(array_gaps, ties = TRUE), "quantile_gaps_result")

# ---- ComBat ----------------------------------------------------------------------------------
set.seed(20070101)
batch <- rep(1:3, c(8, 7, 6))
severe <- rep(0:1, length.out = 21)
years <- round(rnorm(21, 55, 10))
covariates <- cbind(severe, years)
shift <- matrix(rnorm(150 * 3, 0, 0.7), 150)
stretch <- matrix(1 / rgamma(150 * 3, 4, 3), 150)
measured <- round(rnorm(150, 8, 2) + shift[, batch] +
  sqrt(stretch[, batch]) * matrix(rnorm(150 * 21), 150) + 0.8 * outer(rnorm(150), severe), 3)
measured[9, batch == 2] <- 5
holes <- measured
holes[9, ] <- holes[10, ] + 1
holes[matrix(runif(150 * 21) < 0.1, 150)] <- NA
single <- measured[, 1:16]
save(measured, "combat_values")
save(holes, "combat_gaps")
save(cbind(batch, covariates), "combat_design")
model <- model.matrix(~ severe + years)
save(suppressMessages(ComBat(measured, batch)), "combat_plain_result")
save(suppressMessages(ComBat(measured, batch, mod = model)), "combat_covariates_result")
save(suppressMessages(ComBat(holes, batch)), "combat_gaps_result")
save(suppressMessages(ComBat(holes, batch, mod = model)), "combat_gaps_covariates_result")
save(suppressMessages(ComBat(single, batch[1:16])), "combat_single_sample_result")

# ---- many tests ------------------------------------------------------------------------------
p <- c(runif(30), rbeta(10, 0.1, 4), 0, 1, NA, 0.5, 0.5)
save(cbind(p = p, adjusted = p.adjust(p, "BH")), "testing_bh")

# ---- transcripts to genes --------------------------------------------------------------------
set.seed(20150129)
transcripts <- 60
gene <- sort(c(1:20, sample(20, transcripts - 20, replace = TRUE)))
lengths <- round(matrix(runif(transcripts * 4, 0.9, 1.1), transcripts) * rlnorm(transcripts, 7, 0.6), 3)
reads <- round(matrix(rgamma(transcripts * 4, 0.5) * 300, transcripts), 3)
# Seen in one sample only, and in none.
reads[gene == 3, -2] <- 0
reads[gene %in% c(5, 6), ] <- 0
tpm <- round(t(t(reads / lengths) / colSums(reads / lengths)) * 1e6, 6)
quantified <- file.path(tempdir(), paste0("quant_", 1:4, ".sf"))
for (n in 1:4) {
  write.table(data.frame(Name = paste0("t", 1:transcripts), Length = 1000, EffectiveLength = lengths[, n],
                         TPM = tpm[, n], NumReads = reads[, n]),
              quantified[n], sep = "\t", quote = FALSE, row.names = FALSE)
}
owners <- data.frame(transcript = paste0("t", 1:transcripts), gene = sprintf("g%02d", gene))
summed <- function(how) {
  suppressMessages(tximport(quantified, type = "salmon", tx2gene = owners,
                            countsFromAbundance = how))$counts
}
save(cbind(gene = gene, reads = reads, tpm = tpm, lengths = lengths), "transcripts")
save(summed("no"), "transcripts_counts")
save(summed("lengthScaledTPM"), "transcripts_length_scaled")

# ---- median polish: proteins of 1 to 30 peptides, 35 % missing -------------------------------
set.seed(19770101)
peptides <- c(1, 2, 3, 4, 20, 30)
protein <- rep(seq_along(peptides), peptides)
peptide <- matrix(round(rnorm(60 * 7, 20, 2), 3), 60)
peptide[matrix(runif(60 * 7) < 0.35, 60)] <- NA
peptide[protein == 3, 2] <- NA
save(cbind(protein, peptide), "median_polish_values")
save(t(sapply(seq_along(peptides), function(i) {
  polished <- medpolish(peptide[protein == i, , drop = FALSE], na.rm = TRUE, trace.iter = FALSE)
  polished$overall + polished$col
})), "median_polish_result")

writeLines(c(
  R.version.string, R.version$platform,
  sapply(c("limma", "edgeR", "sva", "tximport"), function(name) paste(name, packageVersion(name)))
), "sessionInfo.txt")
