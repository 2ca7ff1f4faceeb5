// opening a model
export { openLanguageModel, type OpenOptions } from './open.js';
export type { WeightFormat } from './model-folder.js';
export {
  parseLanguageModelChoice,
  type EmbeddedChoice,
  type LanguageModelChoice,
  type OnnxChoice,
  type ServerChoice,
} from './model-choice.js';
export type { ServerOptions } from './server/server-options.js';
export type { DescribedModel, ModelCheck, ModelDescription, ModelFile } from './model-description.js';
// the interface every engine implements
export type {
  CallOptions,
  ChatMessage,
  GenerateRequest,
  Generation,
  LanguageModel,
  Prompt,
  ScoreCurve,
  ScoreRequest,
} from './language-model.js';
// log-probability as a function of the temperature
export { ChebyshevCurve, scoreCurveOf, TEMPERATURE_RANGE, type CurveData } from './score-curve.js';
export { BoundedCurve } from './server/bounded-curve.js';
// curves on disk
export { openScoreStore, type ScoreStore, type ScoreStoreOptions } from './curve-store.js';
export { withStore, type StoredLanguageModel } from './stored-model.js';
// errors
export { ModelError, StoreError, type ModelErrorCode, type StoreErrorCode } from './errors.js';
