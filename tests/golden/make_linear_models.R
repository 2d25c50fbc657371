# Makes every moderation_*, voom_*, repeats_* and sample_weights_* .tsv in this folder.
# Usage, from this folder: Rscript make_linear_models.R
# Needs limma and statmod (versions used: linear_models_session.txt). Rows are features, as R has them.

suppressPackageStartupMessages({
  library(limma)
  library(statmod)
})
options(warn = 1)

# limma stops looking for the robust prior at 1e-8; here it goes on to the last digit.
patient_limma <- limma::fitFDistRobustly
environment(patient_limma) <- list2env(
  list(uniroot = function(f, interval, tol, ...) stats::uniroot(f, interval, tol = 1e-15, ...)),
  parent = asNamespace("limma")
)
assignInNamespace("fitFDistRobustly", patient_limma, "limma")

# limma stops looking for a feature's correlation after 20 rounds, often far from the top; once
# as it is, once until nothing changes.
mixed_model <- statmod::mixedModel2Fit
search <- c(20, 1e-6)
assignInNamespace("mixedModel2Fit", function(..., maxit, tol) {
  mixed_model(..., maxit = search[1], tol = search[2])
}, "statmod")

source("save.R")

save_tests <- function(fit, name) {
  wide <- cbind(coefficient = fit$coefficients, stdev = fit$stdev.unscaled, t = fit$t,
                p = fit$p.value, fdr = apply(fit$p.value, 2, p.adjust, "BH"))
  colnames(wide) <- paste(rep(c("coefficient", "stdev", "t", "p", "fdr"),
                              each = ncol(fit$coefficients)),
                          seq_len(ncol(fit$coefficients)), sep = "_")
  save(cbind(wide, sigma = fit$sigma, df_residual = fit$df.residual, df_total = fit$df.total,
             variance_posterior = fit$s2.post, df_prior = fit$df.prior,
             variance_prior = fit$s2.prior), name)
}

# ---- moderation: variances that depend on the level, outliers, unequal df ---------------------
set.seed(20160601)
features <- 300
level <- round(rgamma(features, 4, 0.6), 3)
variance <- exp(-level / 4) * rf(features, 6, 8)
variance[c(5, 50, 120, 200)] <- variance[c(5, 50, 120, 200)] * c(300, 80, 2e4, 40)
variance[77] <- 0
variance <- signif(variance, 6)
df <- sample(c(0, 2, 4, 6), features, replace = TRUE, prob = c(0.03, 0.1, 0.3, 0.57))
tame <- signif(rchisq(features, 6) / 6, 6)
tame[c(9, 90)] <- c(30, 8)
table <- cbind(level, variance, df, tame)
add <- function(name, squeezed) {
  extra <- cbind(squeezed$var.post, squeezed$var.prior, squeezed$df.prior)
  colnames(extra) <- paste(name, c("posterior", "variance_prior", "df_prior"), sep = "_")
  table <<- cbind(table, extra)
}
add("trend", squeezeVar(variance, df, covariate = level))
add("robust", squeezeVar(variance, df, robust = TRUE))
add("robust_trend", squeezeVar(variance, df, covariate = level, robust = TRUE))
add("equal_robust", squeezeVar(variance, 6, robust = TRUE))
add("equal_robust_trend", squeezeVar(variance, 6, covariate = level, robust = TRUE))
add("tame_trend", squeezeVar(tame[10:89], 6, covariate = level[10:89])[c("var.post", "var.prior", "df.prior")] |>
      lapply(function(x) c(rep(NA, 9), rep_len(x, 80), rep(NA, features - 89))))
add("tame_robust", squeezeVar(tame, 6, robust = TRUE))
save(table, "moderation_variances")
few <- 8
save(cbind(level = level[1:few], variance = variance[1:few],
           posterior = squeezeVar(variance[1:few], 6, covariate = level[1:few])$var.post,
           robust = squeezeVar(variance[1:few], 6, robust = TRUE)$var.post), "moderation_few")

values <- as.matrix(read.delim("linear_values.tsv"))
gaps <- as.matrix(read.delim("linear_gaps.tsv"))[-(5:7), ]
design <- as.matrix(read.delim("linear_design.tsv"))
save_tests(eBayes(lmFit(values, design), trend = TRUE, robust = TRUE), "moderation_values_fit")
save_tests(eBayes(lmFit(gaps, design), trend = TRUE), "moderation_gaps_fit")

# ---- interval null and F -----------------------------------------------------------------------
treated <- treat(lmFit(gaps, design), lfc = 0.3)
save(cbind(t = treated$t[, 2], p = treated$p.value[, 2]), "moderation_treat")
fit <- eBayes(contrasts.fit(lmFit(values, design), cbind(c(0, 1, 0, -1), c(0, 1, 0, 2), c(0, 0, 1, 0))))
save(cbind(f = fit$F, p = fit$F.p.value), "moderation_f")

# ---- voom ----------------------------------------------------------------------------------------
set.seed(20140203)
genes <- 400
samples <- 14
sick <- rep(0:1, 7)
years <- round(rnorm(samples, 60, 12))
patient <- rep(1:5, c(1, 3, 2, 4, 4))
voom_design <- cbind(intercept = 1, sick, years)
mean_count <- rexp(genes)^3 * 200 + 0.3
own <- matrix(rnorm(genes * 5, 0, 0.5), genes)[, patient]
mu <- outer(mean_count, exp(rnorm(samples, 0, 0.4))) * exp(own + outer(rnorm(genes, 0, 0.4), sick))
mu <- mu * exp(matrix(rnorm(genes * samples), genes) * rep(c(0.1, 0.9, 0.2), c(6 * genes, 2 * genes, 6 * genes)))
counts <- matrix(rnbinom(genes * samples, mu = mu, size = 6), genes)
counts[1:3, ] <- 0
save(counts, "voom_counts")
save(cbind(voom_design, patient), "voom_design")
seen <- voom(counts, voom_design)
save(seen$weights, "voom_weights")
save_tests(eBayes(lmFit(seen, voom_design)), "voom_fit")
sizes <- colSums(counts) * round(runif(samples, 0.8, 1.2), 3)
quality <- round(runif(samples, 0.3, 2), 3)
save(cbind(sizes, quality), "voom_samples")
save(voom(counts, voom_design, lib.size = sizes, span = 0.3, weights = quality)$weights,
     "voom_other_weights")

# ---- repeated samples ----------------------------------------------------------------------------
estimates <- function(...) {
  search <<- c(20, 1e-6)
  early <- duplicateCorrelation(..., block = patient)
  search <<- c(1000, 1e-10)
  late <- duplicateCorrelation(..., block = patient)
  search <<- c(20, 1e-6)
  cbind(correlation = late$consensus.correlation, rho = tanh(late$atanh.correlations),
        early_correlation = early$consensus.correlation, early_rho = tanh(early$atanh.correlations))
}
log_cpm <- round(seen$E, 3)
holes <- log_cpm
holes[matrix(runif(genes * samples) < 0.3, genes)] <- NA
holes[11, ] <- NA
save(log_cpm, "repeats_values")
save(holes, "repeats_gaps")
save(estimates(log_cpm, voom_design), "repeats_values_correlation")
save(estimates(holes, voom_design), "repeats_gaps_correlation")
save(estimates(seen, voom_design), "repeats_voom_correlation")
save_tests(eBayes(lmFit(log_cpm, voom_design, block = patient, correlation = 0.4)), "repeats_values_fit")
save_tests(eBayes(lmFit(holes[rowSums(!is.na(holes)) > 5, ], voom_design, block = patient,
                        correlation = 0.4)), "repeats_gaps_fit")
save_tests(eBayes(lmFit(seen, voom_design, block = patient, correlation = -0.2)), "repeats_voom_fit")
save(voom(counts, voom_design, block = patient, correlation = 0.4)$weights, "repeats_voom_weights")

# ---- sample quality weights ------------------------------------------------------------------------
group <- rep(1:2, c(8, 6))
save(cbind(
  reml = arrayWeights(log_cpm, voom_design, method = "reml", tol = 1e-16, maxiter = 2000),
  reml_prior = arrayWeights(log_cpm, voom_design, method = "reml", prior.n = 50, tol = 1e-16, maxiter = 2000),
  reml_group = arrayWeights(log_cpm, voom_design, method = "reml", var.group = group, tol = 1e-16, maxiter = 2000),
  reml_weights = arrayWeights(seen, voom_design, method = "reml", tol = 1e-16, maxiter = 2000)
), "sample_weights")
together <- voomWithQualityWeights(counts, voom_design, method = "reml", tol = 1e-16, maxiter = 2000)
save(cbind(quality = together$targets$sample.weights), "sample_weights_voom")
save(together$weights, "sample_weights_voom_cells")

writeLines(c(
  R.version.string, R.version$platform,
  sapply(c("limma", "statmod"), function(name) paste(name, packageVersion(name)))
), "linear_models_session.txt")
