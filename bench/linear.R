# Times limma for bench/linear.py: Rscript linear.R FOLDER TASK GENES SAMPLES RUNS
suppressPackageStartupMessages(library(limma))
arguments <- commandArgs(TRUE)
folder <- arguments[1]
task <- arguments[2]
size <- as.integer(arguments[3:5])
read <- function(name, rows) {
  path <- file.path(folder, name)
  matrix(readBin(path, "double", file.size(path) / 8), rows)
}
write <- function(x, name) writeBin(as.double(x), file.path(folder, name))
values <- read("values", size[1]) # Python wrote samples x features, row by row
values[is.nan(values)] <- NA
design <- t(read("design", 4))
result <- NULL
run <- switch(task,
  voom = function() {
    seen <- voom(values, design)
    result <<- eBayes(lmFit(seen, design))
  },
  fit = function() result <<- eBayes(lmFit(values, design)),
  repeats = , repeats_gaps = function() {
    block <- rep(seq_len(size[2] / 2), each = 2)
    result <<- duplicateCorrelation(values, design, block = block)
  }
)
seconds <- sapply(seq_len(size[3]), function(n) system.time(run())[["elapsed"]])
write(seconds, "seconds")
if (startsWith(task, "repeats")) {
  write(result$consensus.correlation, "correlation")
} else {
  write(result$t, "t")
  write(result$df.prior, "df_prior")
}
session <- sessionInfo()
writeLines(c(R.version.string, paste("limma", packageVersion("limma")), basename(normalizePath(session$LAPACK))),
           file.path(folder, "versions"))
