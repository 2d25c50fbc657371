# What bench/pooling.py is measured against; arguments as harness.R says.
suppressPackageStartupMessages(library(metafor))
source("harness.R")
effects <- read("effects")
variances <- read("variances")
summarise <- function(row) {
  fit <- rma.uni(effects[row, ], variances[row, ], method = "REML", test = "adhoc")
  c(fit$beta, fit$se)
}
result <- timed(function() vapply(seq_len(nrow(effects)), summarise, numeric(2)))
answer(effect = result[1, ], error = result[2, ])
