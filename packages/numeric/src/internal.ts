// For the other packages of this repository, which are released together: not a public interface.
// WebAssembly kernels
export { borrowKernel, loadKernel, type Kernel } from './kernels/wasm.js';
export { callsOnThreads, slotsFor, type Calls } from './kernels/threads.js';
// factors and scatters, without checks
export { triangularFactor } from './linalg/cholesky.js';
export { choleskyFast } from './linalg/dense-kernel.js';
export { factorProduct } from './linalg/factor-product.js';
export { gramOf, quickScatterOf, scatterOf, type Scatter } from './linalg/gram.js';
export { nuclearNorm } from './linalg/singular-values.js';
export { alike, columnSums, dot, meanOf, meanRow, squaredNorms, stacked, sumOf } from './matrix.js';
// the Hessian that influence scores need
export { solveLogisticHessian } from './optimize/logistic-regression.js';
