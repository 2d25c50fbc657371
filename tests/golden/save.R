# Sourced by the make_*.R scripts: writes a matrix as a table, every number to its last digit.
save <- function(x, name) {
  x <- as.matrix(x) + 0
  text <- ifelse(is.na(x), "NA", formatC(x, digits = 17, format = "g", width = 1))
  dim(text) <- dim(x)
  header <- if (is.null(colnames(x))) paste0("V", seq_len(ncol(x))) else colnames(x)
  write.table(rbind(header, text), paste0(name, ".tsv"),
              sep = "\t", quote = FALSE, row.names = FALSE, col.names = FALSE)
}
