// the mixture (Eq. 2–4)
export type { Gate, LogLikelihoodCurve, Pair, PairRequest, PairScorer } from './gate.js';
export { noContext, type Population } from './population.js';
export { centredUnitRows, centreOf } from './centring.js';
export { initialGate, randomGate, uniformGate, type GateShape } from './initial.js';
export { exemplarProbabilities, personaProbabilities, project } from './probabilities.js';
export { logWeight, type Mixture } from './mixture.js';
export { gateGradient, mixtureOf, type GradientOptions } from './gradient.js';
export { mixtureLogLikelihood, type BatchLikelihood } from './likelihood.js';
export { topPairs } from './top-pairs.js';
export { drawPairs } from './pair-draws.js';
export type { PairTable } from './pair-table.js';
export type { Precision } from './products.js';
// fitting (Eq. 5)
export { fitGate } from './fit.js';
export type { EpochEnd, FitOptions, FitResult, FitStep, OptimizerChoice, PairChoice } from './fit-options.js';
export { effectiveNumber } from './diagnostics.js';
// fitting without log-probabilities
export {
  bestPairWeights,
  discrepancyForm,
  discrepancyOf,
  type DiscrepancyForm,
  type PairSamples,
} from './discrepancy.js';
export {
  fitDiscrepancy,
  type DiscrepancyData,
  type DiscrepancyFit,
  type DiscrepancyOptions,
  type DiscrepancyStep,
} from './fit-discrepancy.js';
// judging
export { compareGates } from './estimate.js';
export type {
  CompareOptions,
  ComparedMixture,
  GateComparison,
  MixtureEstimate,
  TemperatureChoice,
} from './estimate-options.js';
export { fitTemperature } from './temperature.js';
// using a fitted gate
export { drawPair, type DrawnPair } from './draw.js';
export { decodeGate, encodeGate, type GateAbout, type GateFiles } from './gate-format.js';
// where it is computed
export type { GateBackend, GateForward, GateGradient, GateInputs, ScoredPairs } from './backend.js';
export { builtInBackend } from './built-in-backend.js';
export { chooseBackend, type BackendChoice, type OptionalBackend } from './choose-backend.js';
export type { Importer } from '@mixture-of-personas/numeric';
// errors
export { GateFormatError } from './errors.js';
