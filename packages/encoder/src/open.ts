import type { HubOptions } from '@mixture-of-personas/models';
import { formatEncoderChoice, parseEncoderChoice, type EncoderChoice } from './choice.js';
import { openEmbedded } from './embedded/embedded.js';
import { readEmbeddedModel } from './embedded/files.js';
import type { Encoder } from './encoder.js';
import { openOnnx, type OnnxOptions } from './onnx/onnx.js';
import { openServer, type ServerOptions } from './server/server.js';

/** Options of `openEncoder`; each engine takes those that concern it. */
export interface OpenOptions extends HubOptions, OnnxOptions, ServerOptions {
  /** Texts in one forward pass (onnx) or one request (server). @defaultValue 1 for onnx, 64 for server */
  readonly batchSize?: number;
  /** Name of one of the model's prompts, or its own text; '' for none (onnx). @defaultValue the model's `default_prompt_name` */
  readonly prompt?: string;
}

/**
 * Opens the chosen encoder.
 * @param choice a choice, or its text: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL#MODEL`
 * @throws ModelError when this package's table is damaged, the model lacks files or has modules that are not supported, or the hub
 * has no such model
 * @throws SettingError when a setting is out of range or a named environment variable is not set
 */
export async function openEncoder(choice: EncoderChoice | string, options: OpenOptions = {}): Promise<Encoder> {
  if (typeof choice === 'string') return openEncoder(parseEncoderChoice(choice), options);
  const { prompt } = options;
  const chosen = choice.kind === 'onnx' && prompt !== undefined ? { ...choice, prompt } : choice;
  const id = formatEncoderChoice(chosen);
  if (chosen.kind === 'embedded') return openEmbedded(id, await readEmbeddedModel());
  return chosen.kind === 'onnx' ? openOnnx(id, chosen, options) : openServer(id, chosen, options);
}
