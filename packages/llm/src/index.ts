// opening a model
export { openLanguageModel, type OpenOptions } from './open.js';
export type { WeightFormat } from './model-folder.js';
export {
  parseLanguageModelChoice,
  type EmbeddedChoice,
  type LanguageModelChoice,
  type OnnxChoice,
} from './model-choice.js';
export type { DescribedModel, ModelDescription, ModelFile } from './model-description.js';
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
// curves on disk
export { openScoreStore, type ScoreStore, type ScoreStoreOptions } from './curve-store.js';
export { withStore, type StoredLanguageModel } from './stored-model.js';
// errors
export { ModelError, StoreError, type ModelErrorCode, type StoreErrorCode } from './errors.js';
