import { ModelError } from './errors.js';

/** Which model to open, by engine. */
export type LanguageModelChoice = EmbeddedChoice | OnnxChoice;

/** The small decoder that comes with this package, trained on US State of the Union addresses. */
export interface EmbeddedChoice {
  readonly kind: 'embedded';
}

/** A causal language model in the Hugging Face ONNX layout, from a folder or the hub. */
export interface OnnxChoice {
  readonly kind: 'onnx';
  /** A folder (absolute, or relative to the working folder), or a hub id such as `owner/name`. */
  readonly model: string;
}

/**
 * Reads a choice as people write it in a config or on a command line.
 * @param text `embedded` or `onnx:FOLDER-OR-HUB-ID`
 * @throws ModelError `choice` when the engine is unknown or the model's name is missing
 */
export function parseLanguageModelChoice(text: string): LanguageModelChoice {
  if (text === 'embedded') return { kind: 'embedded' };
  const colon = text.indexOf(':');
  const [kind, model] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (kind !== 'onnx') {
    throw new ModelError('choice', `"${text}" names no engine; write embedded, onnx:FOLDER or onnx:HUB-ID.`);
  }
  if (model.trim() === '') {
    throw new ModelError('choice', `"${text}" names no model; write a folder or a hub id after "onnx:".`);
  }
  return { kind, model };
}
