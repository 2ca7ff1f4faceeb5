import type * as TensorFlow from '@tensorflow/tfjs';
import { loadTensorFlow, type Importer, type Matrix } from '@mixture-of-personas/numeric';
import type { GateBackend, GateForward, GateGradient, GateInputs, ScoredPairs } from './backend.js';
import type { Gate } from '../mixture/gate.js';
import { gradientOf, type WeightGradients } from './gradient.js';
import type { Mixture } from '../mixture/mixture.js';
import { wholeLogits } from '../mixture/persona-logits.js';
import { maskOf } from '../mixture/probabilities.js';

// The only file of this package that knows tfjs. It takes the plain route on purpose: B × K × N logits, log-sum-exp, automatic differentiation. TensorFlow is fast at that,
// it is stable in float32 (the factorized form is not, and tfjs has no float64), and it shares nothing with the built-in gradient that it is tested against.

type Tf = typeof TensorFlow;

/** Finite stand-in for −∞: exp of it is 0 and its gradient is 0, where that of −∞ would be NaN. */
const NEVER = -1e30;

/**
 * The backend on an installed tfjs package.
 * @param name `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`
 * @throws Error when the package is absent, its native part does not load, or a 2 × 2 product comes out wrong
 */
export async function tfjsBackend(name: string, importer: Importer): Promise<GateBackend> {
  const tf = await loadTensorFlow<Tf>(name, importer);
  const constants = new WeakMap<Matrix, TensorFlow.Tensor2D>();
  return {
    name: name.replace('@tensorflow/', ''),
    precision: 'float32',
    forward: (gate, inputs) => forwardOn(tf, constants, gate, inputs),
  };
}

function forwardOn(
  tf: Tf,
  constants: WeakMap<Matrix, TensorFlow.Tensor2D>,
  gate: Gate,
  inputs: GateInputs,
): GateForward {
  const upload = (matrix: Matrix): TensorFlow.Tensor2D =>
    tf.tensor2d(Float32Array.from(matrix.data), [matrix.rows, matrix.cols]);
  /** Personas and exemplars are the same objects at every step of a fit: uploaded once, and kept as long as the process lives. */
  const constant = (matrix: Matrix): TensorFlow.Tensor2D => {
    const known = constants.get(matrix) ?? tf.keep(upload(matrix));
    constants.set(matrix, known);
    return known;
  };
  const masked = maskOf('gate', inputs.contexts.rows, inputs.exemplars.rows, inputs.masked);
  const [personas, exemplars] = [constant(inputs.personas), constant(inputs.exemplars)];
  const logits = (weights: readonly TensorFlow.Tensor[]): Logits =>
    logitsOf(
      tf,
      { contexts: upload(inputs.contexts), personas, exemplars, mask: maskTensor(tf, masked, exemplars.shape[0]) },
      weights,
    );
  const weights = (): TensorFlow.Tensor[] => [
    ...[gate.inputWeights, gate.personaWeights, gate.exemplarWeights].map(upload),
    ...[gate.inputBias, gate.personaBias, gate.exemplarBias].map((bias) => tf.tensor1d(Float32Array.from(bias))),
  ];
  const mixture = inScope(tf, (): Mixture => {
    const { logPersona, u, v, logZ } = logits(weights());
    const [logPersonaMatrix, contextLogits, whole, logNormalizers] = [logPersona, u, v, logZ].map(download);
    return { logPersona: logPersonaMatrix, contextLogits, personaLogits: wholeLogits(whole), logNormalizers, masked };
  });
  const gradient = (scored: ScoredPairs): GateGradient =>
    gradientOf(mixture, scored, () =>
      inScope(tf, () =>
        weightGradients(tf.grads((...now: TensorFlow.Tensor[]) => lossOf(tf, logits(now), scored))(weights())),
      ),
    );
  return { mixture, gradient };
}

interface Logits {
  readonly logPersona: TensorFlow.Tensor; // B × K
  readonly u: TensorFlow.Tensor; // B × N
  readonly v: TensorFlow.Tensor; // K × N
  readonly logZ: TensorFlow.Tensor; // B × K
}

function logitsOf(
  tf: Tf,
  inputs: Record<'contexts' | 'personas' | 'exemplars' | 'mask', TensorFlow.Tensor2D>,
  [inputWeights, personaWeights, exemplarWeights, inputBias, personaBias, exemplarBias]: readonly TensorFlow.Tensor[],
): Logits {
  const x = tf.add(tf.matMul(inputs.contexts, inputWeights, false, true), inputBias);
  const g = tf.add(tf.matMul(inputs.personas, personaWeights, false, true), personaBias);
  const e = tf.add(tf.matMul(inputs.exemplars, exemplarWeights, false, true), exemplarBias);
  const [s, u, v] = [tf.matMul(x, g, false, true), tf.matMul(x, e, false, true), tf.matMul(g, e, false, true)];
  const all = tf.add(tf.expandDims(tf.add(u, inputs.mask), 1), tf.expandDims(v, 0)); // B × K × N
  return { logPersona: tf.logSoftmax(s), u, v, logZ: tf.logSumExp(all, 2) };
}

/** −mean ℓ. Entries are taken with one-hot products: tfjs has no gradient for some ways of gathering on some backends. */
function lossOf(
  tf: Tf,
  { logPersona, u, v, logZ }: Logits,
  { pairs, logProbabilities }: ScoredPairs,
): TensorFlow.Scalar {
  const oneHot = (indices: Int32Array, depth: number): TensorFlow.Tensor2D =>
    tf.oneHot(tf.tensor1d(indices, 'int32'), depth, 1, 0, 'float32').as2D(indices.length, depth);
  const contexts = Int32Array.from(pairs.personas, (_, at) => Math.floor(at / pairs.perRow));
  const context = oneHot(contexts, pairs.rows);
  const [persona, exemplar] = [oneHot(pairs.personas, v.shape[0]), oneHot(pairs.exemplars, u.shape[1]!)];
  const pick = (rows: TensorFlow.Tensor2D, table: TensorFlow.Tensor, cols: TensorFlow.Tensor2D): TensorFlow.Tensor =>
    tf.sum(tf.mul(tf.matMul(rows, table), cols), 1);
  const given = Float32Array.from(pairs.personas, (k, at) =>
    k < 0 ? NEVER : logProbabilities[at] + (pairs.logImportance?.[at] ?? 0),
  );
  const logWeights = tf.addN([
    pick(context, tf.sub(logPersona, logZ), persona),
    pick(context, u, exemplar),
    pick(persona, v, exemplar),
  ]);
  const terms = tf.reshape(tf.add(logWeights, tf.tensor1d(given)), [pairs.rows, pairs.perRow]);
  return tf.neg(tf.mean(tf.logSumExp(terms, 1))).asScalar();
}

/** Like tf.tidy, for what is no tensor any more: everything allocated inside is released. */
function inScope<Result>(tf: Tf, compute: () => Result): Result {
  tf.engine().startScope();
  try {
    return compute();
  } finally {
    tf.engine().endScope();
  }
}

function maskTensor(tf: Tf, masked: Int32Array, exemplars: number): TensorFlow.Tensor2D {
  const data = new Float32Array(masked.length * exemplars);
  masked.forEach((j, b) => {
    if (j >= 0) data[b * exemplars + j] = NEVER;
  });
  return tf.tensor2d(data, [masked.length, exemplars]);
}

function weightGradients(found: readonly TensorFlow.Tensor[]): WeightGradients {
  const [inputWeights, personaWeights, exemplarWeights] = found.slice(0, 3).map(download);
  const [inputBias, personaBias, exemplarBias] = found.slice(3).map((tensor) => Float64Array.from(tensor.dataSync()));
  return { inputWeights, personaWeights, exemplarWeights, inputBias, personaBias, exemplarBias };
}

function download(tensor: TensorFlow.Tensor): Matrix<Float64Array> {
  const [rows, cols] = tensor.shape as [number, number];
  return { data: Float64Array.from(tensor.dataSync()), rows, cols };
}
