"""Every race against R, then memory and the page: python bench/speed.py, or make bench.

Takes 15 minutes. Needs Rscript with limma, edgeR, sva, statmod, metafor and lmerTest, and a machine
that does nothing else.
"""

import linear
import memory
import mixed
import normalisation
import page
import pooling
import surrogate_variables

if __name__ == "__main__":
    for bench in (pooling, linear, normalisation, mixed, surrogate_variables, memory):
        bench.main()
    page.main()
