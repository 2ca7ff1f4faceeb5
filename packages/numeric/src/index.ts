// matrices
export {
  matrixOf,
  requireFinite,
  requireRows,
  requireSameCols,
  rowOf,
  takeRows,
  toFloat32,
  toFloat64,
  unitRows,
  zeros,
  type Matrix,
} from './matrix.js';
// linear algebra
export { multiply, multiplyByTranspose, multiplyTransposed, type Product } from './linalg/multiply.js';
export { centered } from './linalg/centered.js';
export { symmetricEigenvalues } from './linalg/eigenvalues.js';
export { leadingEigenvectors, type Leading } from './linalg/eigenvectors.js';
export { principalComponents, type Projection } from './linalg/principal-components.js';
// probabilities
export { expInPlace } from './exp.js';
export { logSumExp, softmaxInPlace } from './softmax.js';
export { topK } from './top-k.js';
// optimization
export { minimize, type Evaluated, type Minimum, type MinimizeOptions } from './optimize/minimize.js';
export {
  classProbabilities,
  fitLogisticRegression,
  type LabeledRows,
  type LogisticPenalty,
} from './optimize/logistic-regression.js';
// clustering
export { kMeans, kMeansSteps, type Clustering, type KMeansOptions, type KMeansStep } from './k-means/k-means.js';
export type { Initialization } from './k-means/start.js';
// seeded randomness
export { drawIndex, normal, randomFor, sampleWithoutReplacement, type Random } from './random.js';
// threads
export { requireThreads } from './kernels/threads.js';
// TensorFlow, where it is installed
export { loadTensorFlow, type Importer } from './tensorflow.js';
// errors
export { MopError, SettingError, ShapeError, type MopErrorOptions } from './errors.js';
