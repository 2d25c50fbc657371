# What R says of bench/parity.py's real data; arguments as harness.R says.
suppressPackageStartupMessages({
  library(limma)
  library(edgeR)
  library(sva)
  library(statmod)
  library(metafor)
})
source("harness.R")
# Iterated estimates: R stops early by default. Let all searches run until nothing changes.
mixed_model <- statmod::mixedModel2Fit
assignInNamespace("mixedModel2Fit", function(..., maxit, tol) {
  mixed_model(..., maxit = 1000, tol = 1e-12)
}, "statmod")
robust_prior <- limma::fitFDistRobustly
environment(robust_prior) <- list2env(
  list(uniroot = function(f, interval, tol, ...) stats::uniroot(f, interval, tol = 1e-15, ...)),
  parent = asNamespace("limma")
)
assignInNamespace("fitFDistRobustly", robust_prior, "limma")
exact <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)

values <- read("values")
given <- function(name) as.vector(read(name))
design <- function() t(read("design"))
pooled <- function() {
  variances <- read("variances")
  t(vapply(seq_len(nrow(values)), function(row) {
    fit <- rma.uni(values[row, ], variances[row, ], method = "REML", test = "adhoc",
                   control = exact)
    c(fit$beta, fit$se, fit$pval, fit$tau2)
  }, numeric(4)))
}
combat <- function(...) suppressMessages(ComBat(values, given("batch"), ...))
result <- timed(switch(task,
  voom = function() eBayes(lmFit(voom(calcNormFactors(DGEList(values)), design()), design())),
  fit = function() eBayes(lmFit(values, design())),
  trend = function() eBayes(lmFit(values, design()), trend = TRUE),
  robust = function() eBayes(lmFit(values, design()), robust = TRUE),
  repeats = function() eBayes(lmFit(values, design(), block = given("block"),
                                    correlation = given("correlation"))),
  tmm = function() calcNormFactors(values),
  rle = function() calcNormFactors(values, method = "RLE"),
  upper_quartile = function() calcNormFactors(values, method = "upperquartile"),
  quantile = function() normalizeQuantiles(values),
  combat = function() combat(),
  combat_covariate = function() combat(mod = design()),
  combat_non_parametric = function() {
    capture.output(adjusted <- combat(par.prior = FALSE))
    adjusted
  },
  sample_weights = function() arrayWeights(values, design(), method = "reml",
                                           maxiter = 5000, tol = 1e-16),
  voom_sample_weights = function() voomWithQualityWeights(values, design(), method = "reml",
                                                          maxiter = 5000, tol = 1e-16),
  correlation = function() duplicateCorrelation(values, design(), block = given("block")),
  reml = pooled
))
if (is(result, "MArrayLM")) {
  answer(coefficient = result$coefficients, t = result$t, p = result$p.value,
         fdr = apply(result$p.value, 2, p.adjust, "BH"), df_prior = result$df.prior)
} else if (task == "correlation") {
  answer(correlation = result$consensus.correlation)
} else if (task == "voom_sample_weights") {
  answer(sample_weights = result$targets$sample.weights)
} else if (task == "reml") {
  answer(effect = result[, 1], error = result[, 2], p = result[, 3], tau2 = result[, 4])
} else {
  answer(result = result)
}
