"""Golden values of minimize.test.ts: python minimize.py > minimize.json (SciPy, float64, L-BFGS-B and Newton)."""
import json
import numpy as np
import scipy
from scipy.optimize import minimize, rosen, rosen_der

rng = np.random.default_rng(7)
x = np.round(rng.normal(size=(40, 4)), 3)
y = (rng.random(40) < 1 / (1 + np.exp(-(x @ [1.0, -2.0, 0.5, 0.0])))).astype(float)
ridge = 0.01


def logistic(w):
    z = x @ w
    p = 1 / (1 + np.exp(-z))
    return np.mean(np.logaddexp(0, z) - y * z) + ridge * w @ w, x.T @ (p - y) / len(y) + 2 * ridge * w


w = minimize(logistic, np.zeros(4), jac=True, method="BFGS", options={"gtol": 1e-12})
start = [-1.2, 1.0, -0.5, 2.0, 0.3]
r = minimize(rosen, start, jac=rosen_der, method="L-BFGS-B", options={"ftol": 0, "gtol": 1e-10, "maxiter": 10000})
print(json.dumps({
    "madeBy": f"test/golden/minimize.py, SciPy {scipy.__version__}, NumPy seed 7",
    "tolerance": 1e-6,
    "rosenbrock": {"start": start, "point": np.round(r.x, 9).tolist(), "value": r.fun},
    "logistic": {"x": x.tolist(), "y": y.tolist(), "ridge": ridge, "point": w.x.tolist(), "value": w.fun},
}))
