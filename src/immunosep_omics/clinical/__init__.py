"""Clinical words, units, number texts and the trial rule: pure functions, no files but our own."""
