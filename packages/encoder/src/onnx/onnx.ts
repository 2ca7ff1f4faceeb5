import { SettingError } from '@mixture-of-personas/numeric';
import { batchesByLength, cut } from './batches.js';
import type { EmbedOptions, Encoder } from '../encoder.js';
import { EmbeddingError, shown } from '../errors.js';
import type { ModelFolder } from './model-folder.js';
import { loadRuntime, type Runtime } from './runtime.js';
import { pool } from './pooling.js';

/** What the engine may be told; `OpenOptions` says what each means. */
export interface OnnxOptions {
  readonly batchSize?: number;
  readonly threads?: number;
}

/**
 * The engine for ONNX sentence encoders. Texts longer than the model's maximum are cut, their closing special tokens kept.
 * @throws SettingError when a setting is out of range
 * @throws ModelFilesError when the weights cannot be run or the peers are not installed
 */
export async function openOnnx(id: string, model: ModelFolder, options: OnnxOptions): Promise<Encoder> {
  const { batchSize = 1, threads = 0 } = options;
  requireWhole('batchSize', batchSize, 1);
  requireWhole('threads', threads, 0);
  const runtime = await loadRuntime(model, threads);
  const closing = closingTokens(runtime);
  let truncated = 0;
  return {
    id,
    fingerprint: model.fingerprint,
    get truncated() {
      return truncated;
    },
    async embed(texts, embedOptions = {}) {
      const ids = texts.map((text) => {
        const all = runtime.encode(text);
        if (all.length > model.maxTokens) truncated++;
        return cut(all, model.maxTokens, closing);
      });
      return embedTokens(runtime, model, texts, { ids, batchSize, ...embedOptions });
    },
    close: () => runtime.release(),
  };
}

/** How many special tokens close a text: those of the empty one that do not open "a". */
function closingTokens(runtime: Runtime): number {
  const empty = runtime.encode('');
  const letter = runtime.encode('a');
  let opening = 0;
  while (opening < empty.length && empty[opening] === letter[opening]) opening++;
  return empty.length - opening;
}

type Work = EmbedOptions & { readonly ids: readonly (readonly number[])[]; readonly batchSize: number };

async function embedTokens(
  runtime: Runtime,
  model: ModelFolder,
  texts: readonly string[],
  work: Work,
): ReturnType<Encoder['embed']> {
  const { ids, batchSize, signal, onProgress } = work;
  let data = new Float32Array();
  let cols = 0;
  let done = 0;
  const lengths = ids.map((text) => text.length);
  for (const batch of batchesByLength(lengths, batchSize)) {
    signal?.throwIfAborted();
    const vectors = await runtime.run(batch.map((i) => ids[i]!));
    if (cols === 0) {
      cols = vectors.cols;
      data = new Float32Array(texts.length * cols);
    }
    batch.forEach((i, b) => {
      const row = data.subarray(i * cols, (i + 1) * cols);
      if (vectors.pooled) row.set(vectors.data.subarray(b * cols, (b + 1) * cols));
      else row.set(pool(vectors, b, lengths[i]!, model.pooling));
      if (!row.every(Number.isFinite)) {
        throw new EmbeddingError(
          `The embedding of text ${i} (${shown(texts[i]!)}) is not finite. Drop the text, or try other weights.`,
        );
      }
    });
    onProgress?.((done += batch.length), texts.length);
  }
  return { data, rows: texts.length, cols };
}

function requireWhole(setting: string, value: number, atLeast: number): void {
  if (!Number.isInteger(value) || value < atLeast)
    throw new SettingError('openEncoder', setting, `a whole number ≥ ${atLeast}`, value);
}
