"""GEO's own formats, and its downloads."""
