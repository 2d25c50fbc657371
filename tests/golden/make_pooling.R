# Makes pooling_*.tsv: effects of 60 features in 8 studies, and what metafor says of each.
# Usage, from this folder: Rscript make_pooling.R
# Needs metafor (version used: sessionInfo_pooling.txt). Rows are features.

suppressPackageStartupMessages(library(metafor))
options(warn = 1)

source("save.R")

set.seed(20050901)
features <- 60
studies <- 8
variances <- round(matrix(exp(runif(features * studies, log(0.02), log(0.5))), features), 4)
tau2 <- rep(c(0, 0.02, 0.3, 4), each = features / 4)
effects <- round(0.5 + matrix(rnorm(features * studies), features) * sqrt(variances + tau2), 4)
# Fewer studies for some, down to two.
for (row in seq_len(features)) {
  absent <- row %% 7
  if (absent > 0) effects[row, seq_len(absent)] <- NA
}
colnames(effects) <- paste0("study", seq_len(studies))
colnames(variances) <- colnames(effects)
save(effects, "pooling_effects")
save(variances, "pooling_variances")

exact <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
summarise <- function(row, method) {
  random <- method != "FE"
  present <- !is.na(effects[row, ])
  fit <- rma.uni(effects[row, present], variances[row, present], method = method,
                 test = if (random) "adhoc" else "z", control = exact)
  limits <- c(NA, NA)
  if (random) limits <- confint(fit, control = list(tol = 1e-13, tau2.max = 1e6))$random["tau^2", 2:3]
  c(effect = c(fit$beta), se = fit$se, statistic = fit$zval, p = fit$pval, low = fit$ci.lb,
    high = fit$ci.ub, q = fit$QE, tau2 = fit$tau2, i2 = fit$I2 / 100,
    tau2_low = limits[[1]], tau2_high = limits[[2]])
}
for (method in c("FE", "DL", "REML")) {
  table <- t(vapply(seq_len(features), summarise, numeric(11), method = method))
  save(table, paste0("pooling_", tolower(method)))
}
writeLines(c(R.version.string, paste("metafor", packageVersion("metafor"))),
           "sessionInfo_pooling.txt")
