# What bench/sample_weights.py is measured against; arguments as harness.R says.
suppressPackageStartupMessages(library(limma))
source("harness.R")
values <- read("values")
design <- t(read("design"))
settled <- list(method = "reml", maxiter = 1000, tol = 1e-10)
result <- timed(switch(task,
  plain = function() {
    weights <- do.call(arrayWeights, c(list(values, design), settled))
    eBayes(lmFit(values, design, weights = weights))
  },
  voom = function() {
    eBayes(lmFit(do.call(voomWithQualityWeights, c(list(values, design), settled))))
  }
))
answer(p = result$p.value)
