# Makes mixed_*.tsv: 60 features in repeated samples of 11 patients, and what lmerTest says of each.
# Usage, from this folder: Rscript make_mixed.R
# Needs lme4 and lmerTest (versions used: sessionInfo_mixed.txt). Rows are features, as R has them.

suppressPackageStartupMessages(library(lmerTest))
options(warn = 1)

source("save.R")

set.seed(19820101)
features <- 60
patient <- rep(1:11, c(1, 3, 2, 4, 4, 2, 2, 5, 1, 3, 3))
samples <- length(patient)
sick <- c(0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1)[patient]
day <- unlist(lapply(table(patient), seq_len)) - 1
age <- round(rnorm(11, 60, 12))[patient]
design <- cbind(intercept = 1, sick, day, age)
between <- rep(c(0, 0.3, 1, 4), each = features / 4)
values <- matrix(rnorm(features * samples), features) + 8 +
  between * matrix(rnorm(features * 11), features)[, patient] + outer(rnorm(features), sick)
values <- round(values, 3)
gaps <- values
gaps[matrix(runif(features * samples) < 0.25, features)] <- NA
weights <- round(matrix(runif(features * samples, 0.2, 3), features), 3)
contrasts <- cbind(c(0, 1, 0, 0), c(0, 0, 1, 0), c(1, 0.5, 2, 60), c(0, 1, -2, 0))
save(cbind(design, patient), "mixed_design")
save(values, "mixed_values")
save(gaps, "mixed_gaps")
save(weights, "mixed_weights")
save(contrasts, "mixed_contrasts")

# lme4 stops thousandths from the top, next to zero instead of at it, and at the top that is nearest
# to where it began; here the highest one is found to the last digits that a likelihood tells.
highest <- function(fn, par, lower, upper, control) {
  ends <- c(0, 10^seq(-2, 2, 0.25))
  found <- sapply(seq_len(length(ends) - 2), function(i)
    unlist(optimize(function(x) fn(x), ends[c(i, i + 2)], tol = 1e-12)))
  best <- found[, which.min(found[2, ])]
  theta <- if (fn(0) <= best[2]) 0 else best[[1]]
  list(par = theta, fval = fn(theta), conv = 0, message = "")
}
exact <- lmerControl(optimizer = highest, calc.derivs = FALSE)
fit_one <- function(y, w) {
  data <- data.frame(y, design, patient = factor(patient), w)
  fit <- suppressMessages(lmer(y ~ sick + day + age + (1 | patient), data, weights = w,
                               control = exact))
  tests <- contest(fit, t(contrasts), joint = FALSE, ddf = "Satterthwaite")
  spread <- as.data.frame(VarCorr(fit))$vcov
  c(estimate = tests[["Estimate"]], se = tests[["Std. Error"]], t = tests[["t value"]],
    df = tests[["df"]], p = tests[["Pr(>|t|)"]], between = spread[1], within = spread[2])
}
fit_all <- function(values, weights = matrix(1, features, samples)) {
  t(sapply(seq_len(features), function(row) fit_one(values[row, ], weights[row, ])))
}
save(fit_all(values), "mixed_values_fit")
save(fit_all(gaps), "mixed_gaps_fit")
save(fit_all(gaps, weights), "mixed_weights_fit")

writeLines(c(
  R.version.string, R.version$platform,
  sapply(c("lme4", "lmerTest"), function(name) paste(name, packageVersion(name)))
), "sessionInfo_mixed.txt")
