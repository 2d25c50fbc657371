# What the benches in R share. A bench runs as: Rscript its.R FOLDER TASK RUNS, in the bench folder.
# Each file of the folder is one array: two sizes, then the numbers. Python writes samples x
# features row by row, which is features x samples here, and the other way round.
arguments <- commandArgs(TRUE)
folder <- arguments[1]
task <- arguments[2]

read <- function(name) {
  path <- file.path(folder, name)
  numbers <- readBin(path, "double", file.size(path) / 8)
  numbers[is.nan(numbers)] <- NA
  matrix(numbers[-(1:2)], numbers[1], numbers[2])
}

# Runs the work as often as was asked for and returns what it gave last.
timed <- function(run) {
  result <- NULL
  seconds <- sapply(seq_len(as.integer(arguments[3])),
                    function(n) system.time(result <<- run())[["elapsed"]])
  answer(seconds = seconds)
  result
}

# Writes arrays for Python, and the versions of R, its BLAS and the attached packages.
answer <- function(...) {
  given <- list(...)
  for (name in names(given)) {
    x <- given[[name]]
    size <- if (is.matrix(x)) dim(x) else c(length(x), 1)
    writeBin(as.double(c(size, x)), file.path(folder, paste0(name, ".answer")))
  }
  session <- sessionInfo()
  packages <- sort(names(session$otherPkgs))
  versions <- vapply(packages, function(name) paste(name, packageVersion(name)), "")
  writeLines(c(paste0("R ", getRversion()), versions, basename(normalizePath(session$LAPACK))),
             file.path(folder, "versions"))
}
