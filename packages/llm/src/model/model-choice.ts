import { parseModelChoice, type EmbeddedChoice, type OnnxChoice, type ServerChoice } from '@mixture-of-personas/models';

/** Which model to open, by engine. */
export type LanguageModelChoice = EmbeddedChoice | OnnxChoice | ServerChoice;

/**
 * Reads a choice as people write it in a config or on a command line.
 * @param text `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL[*WEIGHT][,URL[*WEIGHT]…]#MODEL`
 * @throws ModelError `choice` when the engine is unknown or the model's name is missing
 */
export function parseLanguageModelChoice(text: string): LanguageModelChoice {
  return parseModelChoice(text);
}
