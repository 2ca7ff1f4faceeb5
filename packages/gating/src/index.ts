// the mixture (Eq. 2–4)
export type { Gate, LogLikelihoodCurve, Pair, PairRequest, PairScorer } from './mixture/gate.js';
export { noContext, type Population } from './mixture/population.js';
export {
  centeredUnitRows,
  centerOf,
  preparePopulation,
  type PreparedPopulation,
  type Centers,
} from './mixture/centering.js';
export { initialGate, randomGate, uniformGate, type GateShape } from './mixture/initial.js';
export { exemplarProbabilities, personaProbabilities, project } from './mixture/probabilities.js';
export { logWeight, type Mixture } from './mixture/mixture.js';
export { gateGradient, mixtureOf, type GradientOptions } from './backends/gradient.js';
export { mixtureLogLikelihood } from './backends/likelihood.js';
export { topPairs } from './scores/top-pairs.js';
export { drawPairs } from './scores/pair-draws.js';
export type { PairTable } from './scores/pair-table.js';
export type { Precision } from './mixture/products.js';
// fitting without a learning rate, on stored scores
export { fitMixture, meanPairWeights } from './fit/fit-mixture.js';
export { fitScores } from './fit/fit-scores.js';
export { designBudget, type Design, type DesignBudget, type DesignOptions } from './scores/design.js';
export type {
  MixtureFit,
  MixtureOptions,
  MixtureProgress,
  MixtureResult,
  MixtureSettings,
  MixtureStep,
} from './fit/options.js';
export type { Objective } from './fit/objective.js';
export type { MixtureStepName } from './fit/steps.js';
export { scoreTable, type RecordScores, type ScoreTable } from './scores/score-table.js';
// the paper's fit (Eq. 5)
export { fitGate, fitGateSteps } from './em/fit-gate.js';
export type { EpochEnd, FitOptions, FitResult, FitStep, OptimizerChoice, PairChoice } from './em/options.js';
export { effectiveNumber } from './mixture/diagnostics.js';
// fitting without log-probabilities
export {
  bestPairWeights,
  discrepancyForm,
  discrepancyOf,
  type DiscrepancyForm,
  type DiscrepancyKernel,
  type KernelOptions,
  type PairSamples,
} from './discrepancy/form.js';
export { fitDiscrepancy } from './discrepancy/fit-discrepancy.js';
export type {
  DiscrepancyFit,
  DiscrepancyOptions,
  DiscrepancyStart,
  DiscrepancyStep,
  DiscrepancyStepName,
  FactorSamples,
  StartName,
} from './discrepancy/options.js';
// judging
export { compareGates } from './compare/compare-gates.js';
export type {
  CompareOptions,
  ComparedMixture,
  GateComparison,
  GateDifference,
  MixtureEstimate,
  TemperatureChoice,
} from './compare/options.js';
export { fitTemperature } from './scores/temperature.js';
// using a fitted gate
export { drawPair, drawPrompt, type DrawnPair, type DrawnPrompt } from './mixture/draw.js';
export { decodeGate, encodeGate, type GateAbout, type GateFiles } from './format/gate-format.js';
// where it is computed
export type {
  BatchLikelihood,
  GateBackend,
  GateForward,
  GateGradient,
  GateInputs,
  ScoredPairs,
} from './backends/backend.js';
export { builtInBackend } from './backends/built-in-backend.js';
export { chooseBackend, type BackendChoice, type OptionalBackend } from './backends/choose-backend.js';
export type { Importer } from '@mixture-of-personas/numeric';
// errors
export { GateFormatError } from './errors.js';
