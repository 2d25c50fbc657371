"""Names for the array types the kernels take and return."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Integer = NDArray[np.intp]
Boolean = NDArray[np.bool_]
