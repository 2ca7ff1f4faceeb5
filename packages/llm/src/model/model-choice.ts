import { parseModelChoice, type EmbeddedChoice, type OnnxChoice, type ServerChoice } from '@mixture-of-personas/models';

/** Which model to open, by engine. */
export type LanguageModelChoice = EmbeddedChoice | OnnxChoice | ServerChoice | ScorerChoice;

/** A model that scoring servers alone serve; their addresses are an option. */
export interface ScorerChoice {
  readonly kind: 'scorer';
  /** Folder or hub id of its tokenizer; what the servers say when absent. */
  readonly model?: string;
}

/**
 * Reads a choice as people write it in a config or on a command line.
 * @param text `embedded`, `onnx:FOLDER-OR-HUB-ID`, `server:URL[*WEIGHT][,URL[*WEIGHT]…]#MODEL` or `scorer[:TOKENIZER]`
 * @throws ModelError `choice` when the engine is unknown or the model's name is missing
 */
export function parseLanguageModelChoice(text: string): LanguageModelChoice {
  const [scorer, model] = /^scorer(?::(.+))?$/s.exec(text) ?? [];
  if (scorer !== undefined) return { kind: 'scorer', ...(model === undefined ? {} : { model }) };
  return parseModelChoice(text);
}
