# What bench/mixed.py is measured against; arguments as harness.R says.
suppressPackageStartupMessages(library(lmerTest))
source("harness.R")
values <- read("values")
design <- read("design")
patient <- factor(as.vector(read("patient")))
result <- timed(function() {
  apply(values, 1, function(y) {
    data <- data.frame(y, after = design[2, ], age = design[3, ], sick = design[4, ], patient)
    fit <- suppressWarnings(suppressMessages(lmer(y ~ after + age + sick + (1 | patient), data)))
    coef(summary(fit))[4, "Pr(>|t|)"]
  })
})
answer(p = result)
