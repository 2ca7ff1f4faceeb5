import { formatEncoderChoice, parseEncoderChoice, type EncoderChoice } from './choice.js';
import { readEmbeddedModel } from './embedded/files.js';
import { openEmbedded } from './embedded/embedded.js';
import type { Encoder } from './encoder.js';
import { folderOf } from './hub.js';
import { readModelFolder } from './onnx/model-folder.js';
import { openOnnx } from './onnx/onnx.js';
import { openServer } from './server/server.js';

/** What an engine may be told besides its choice; each engine takes what concerns it. */
export interface OpenOptions {
  /** Texts in one forward pass (onnx) or one request (server). @defaultValue 1 for onnx, 64 for server */
  readonly batchSize?: number;
  /** Threads of one forward pass (onnx); 0 leaves it to the runtime, which takes the physical cores. @defaultValue 0 */
  readonly threads?: number;
  /** Stands in for the network (server, and hub ids of onnx). @defaultValue globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Stands in for waiting between tries (server). */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Where hub models are kept. @defaultValue `mixture-of-personas/models` in the user's cache folder */
  readonly cacheFolder?: string;
  /** Whether a hub id may be downloaded; when not, it must be in the cache folder. @defaultValue true */
  readonly download?: boolean;
}

/**
 * Opens the chosen encoder.
 * @param choice a choice, or its text: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL#MODEL`
 * @throws ModelFilesError when this package's table is damaged, the folder lacks ONNX weights or a tokenizer, or the hub has no such model
 * @throws SettingError when a setting is out of range or a named environment variable is not set
 */
export async function openEncoder(choice: EncoderChoice | string, options: OpenOptions = {}): Promise<Encoder> {
  if (typeof choice === 'string') return openEncoder(parseEncoderChoice(choice), options);
  const id = formatEncoderChoice(choice);
  switch (choice.kind) {
    case 'embedded':
      return openEmbedded(id, await readEmbeddedModel());
    case 'onnx':
      return openOnnx(id, await readModelFolder(await folderOf(choice, options), choice.file), options);
    case 'server':
      return openServer(id, choice, options);
  }
}
