# Times sva on the values that surrogate_variables.py wrote. Usage: Rscript FILE folder number
suppressPackageStartupMessages(library(sva))
arguments <- commandArgs(TRUE)
folder <- arguments[1]
size <- scan(file.path(folder, "size"), quiet = TRUE)
values <- matrix(readBin(file.path(folder, "values"), "double", prod(size)), size[1])
group <- readBin(file.path(folder, "group"), "double", size[2])
full <- model.matrix(~group)
null <- full[, 1, drop = FALSE]
found <- NULL
seconds <- replicate(5, {
  sink(nullfile())
  took <- system.time(found <<- sva(values, full, null, n.sv = as.integer(arguments[2])))[[3]]
  sink()
  took
})
writeBin(as.vector(found$sv), file.path(folder, "found"))
cat(median(seconds), R.version.string, "sva", as.character(packageVersion("sva")), "\n")
