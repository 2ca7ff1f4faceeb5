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
