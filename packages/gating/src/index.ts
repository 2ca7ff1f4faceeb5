// the mixture
export type { Gate, LogLikelihoodCurve, Pair, PairRequest, PairScorer } from './gate.js';
export { noContext, type Population } from './population.js';
export { logWeight, type Mixture } from './mixture.js';
export type { PairTable } from './pair-table.js';
// fitting
export type { EpochEnd, FitOptions, FitResult, FitStep, OptimizerChoice, PairChoice } from './fit-options.js';
export type { GateBackend, GateForward, GateGradient, GateInputs, ScoredPairs } from './backend.js';
// judging
export type {
  CompareOptions,
  ComparedMixture,
  GateComparison,
  MixtureEstimate,
  TemperatureChoice,
} from './estimate-options.js';
