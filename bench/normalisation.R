# Times R for bench/normalisation.py: Rscript normalisation.R FOLDER TASK FEATURES SAMPLES BATCHES RUNS
suppressPackageStartupMessages({
  library(limma)
  library(edgeR)
  library(sva)
})
arguments <- commandArgs(TRUE)
folder <- arguments[1]
task <- arguments[2]
size <- as.integer(arguments[3:6])
path <- file.path(folder, "values")
values <- matrix(readBin(path, "double", file.size(path) / 8), size[1])
batch <- rep_len(seq_len(size[3]), size[2])
quiet <- function(...) suppressMessages(ComBat(values, batch, ...))
result <- NULL
run <- switch(task,
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
)
seconds <- sapply(seq_len(size[4]), function(n) system.time(result <<- run())[["elapsed"]])
writeBin(as.double(seconds), file.path(folder, "seconds"))
writeBin(as.double(result), file.path(folder, "result"))
versions <- sapply(c("limma", "edgeR", "sva"), function(name) paste(name, packageVersion(name)))
writeLines(c(R.version.string, versions, basename(normalizePath(sessionInfo()$LAPACK))),
           file.path(folder, "versions"))
