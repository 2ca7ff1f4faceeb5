// opening a model
export { openLanguageModel, openMeasure } from './open.js';
export type { OpenOptions } from './open-options.js';
export type { WeightFormat } from './files/model-folder.js';
export type { EmbeddedChoice, OnnxChoice, ServerChoice } from '@mixture-of-personas/models';
export { parseLanguageModelChoice, type LanguageModelChoice, type ScorerChoice } from './model/model-choice.js';
export type { TemplateSettings, TemplateValue } from './tokenizing/chat-template.js';
export type { ServerOptions } from './server/transport/server-options.js';
export type { DescribedModel, ModelCheck, ModelDescription, ModelFile, Prompting } from './model/model-description.js';
// the interface every engine implements
export type {
  CallOptions,
  ChatMessage,
  GenerateRequest,
  Generation,
  LanguageModel,
  Measure,
  Prompt,
  ScoreCurve,
  ScoreRequest,
} from './model/language-model.js';
// log-probability as a function of the temperature
export { scoreCurveOf, TEMPERATURE_RANGE, type CurveData } from './scoring/score-curve.js';
// curves on disk
export { openScoreStore, type ScoreStore, type ScoreStoreOptions } from './store/curve-store.js';
export { withStore, type StoredLanguageModel } from './store/stored-model.js';
// errors
export { ModelError, StoreError, type ModelErrorCode, type StoreErrorCode } from './model/errors.js';
