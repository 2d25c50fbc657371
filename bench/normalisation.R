# What bench/normalisation.py is measured against; arguments as harness.R says.
suppressPackageStartupMessages({
  library(limma)
  library(edgeR)
  library(sva)
})
source("harness.R")
values <- read("values")
batch <- as.vector(read("batch"))
quiet <- function(...) suppressMessages(ComBat(values, batch, ...))
result <- timed(switch(task,
  tmm = function() calcNormFactors(values),
  rle = function() calcNormFactors(values, method = "RLE"),
  upper_quartile = function() calcNormFactors(values, method = "upperquartile"),
  quantile = function() normalizeQuantiles(values),
  combat = function() quiet(),
  combat_mean_only = function() quiet(mean.only = TRUE),
  combat_non_parametric = function() {
    capture.output(adjusted <- quiet(par.prior = FALSE))
    adjusted
  }
))
answer(result = result)
