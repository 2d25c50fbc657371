"""Every race against R, then the page: python bench/speed.py, or make bench (eight minutes).

Needs Rscript with limma, edgeR, sva, statmod and metafor, and a machine that does nothing else.
"""

import linear
import normalisation
import page
import pooling

if __name__ == "__main__":
    for bench in (pooling, linear, normalisation):
        bench.main()
    page.main()
