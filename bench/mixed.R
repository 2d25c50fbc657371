# Times lmerTest for bench/mixed.py: Rscript mixed.R FOLDER FEATURES SAMPLES RUNS
suppressPackageStartupMessages(library(lmerTest))
arguments <- commandArgs(TRUE)
folder <- arguments[1]
size <- as.integer(arguments[2:4])
read <- function(name, rows) {
  path <- file.path(folder, name)
  matrix(readBin(path, "double", file.size(path) / 8), rows)
}
write <- function(x, name) writeBin(as.double(x), file.path(folder, name))
values <- read("values", size[1]) # Python wrote samples x features, row by row
values[is.nan(values)] <- NA
design <- read("design", 4)
patient <- factor(read("patient", 1))
result <- NULL
run <- function() {
  result <<- apply(values, 1, function(y) {
    data <- data.frame(y, after = design[2, ], age = design[3, ], sick = design[4, ], patient)
    fit <- suppressWarnings(suppressMessages(lmer(y ~ after + age + sick + (1 | patient), data)))
    coef(summary(fit))[4, c("Estimate", "df", "Pr(>|t|)")]
  })
}
seconds <- sapply(seq_len(size[3]), function(n) system.time(run())[["elapsed"]])
write(seconds, "seconds")
write(result, "result")
writeLines(c(R.version.string, sapply(c("lme4", "lmerTest"), function(name) paste(name, packageVersion(name)))),
           file.path(folder, "versions"))
