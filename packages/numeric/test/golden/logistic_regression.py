"""Golden values of logistic-regression.test.ts: python logistic_regression.py > logistic-regression.json (scikit-learn, float64)."""
import json
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(11)
n, d, classes = 60, 4, 3
classOf = np.arange(n) % classes
rows = np.round(rng.normal(size=(n, d)) + 1.5 * np.eye(d)[classOf] + [5, 0, -3, 0], 3)
classOf[::7] = (classOf[::7] + 1) % classes
cases = []
for name, penalty, fit, x in [
    ("free bias", 1 / n, True, rows),
    ("penalized bias", 0.02, False, np.c_[rows, np.ones(n)]),
]:
    model = LogisticRegression(C=1 / (n * penalty), fit_intercept=fit, tol=1e-12, max_iter=100000, solver="newton-cg")
    model.fit(x, classOf)
    theta = np.c_[model.coef_, model.intercept_] if fit else model.coef_
    cases.append({"name": name, "regularization": penalty, "penalizeBias": not fit,
                  "theta": theta.tolist(), "probabilities": model.predict_proba(x)[:5].tolist()})
print(json.dumps({
    "madeBy": f"test/golden/logistic_regression.py, scikit-learn {sklearn.__version__}, NumPy seed 11",
    "tolerance": 1e-6,
    "rows": rows.tolist(), "classOf": classOf.tolist(), "cases": cases,
}))
