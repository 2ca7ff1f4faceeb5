import { ModelError, openModelSource, type HubOptions } from '@mixture-of-personas/models';
import type { OnnxEncoderChoice } from '../choice.js';
import type { EmbedOptions, Encoder } from '../encoder.js';
import { EmbeddingError, requireCount, shown } from '../errors.js';
import { batchesByLength, cut } from './batches.js';
import { readModelFiles, type ModelFiles } from './model-files.js';
import { pool, type PooledTokens, type TokenVectors } from './pooling.js';
import { loadRuntime, type Runtime } from './runtime.js';

/** Options of the onnx engine. */
export interface OnnxOptions {
  /** Texts in one forward pass. @defaultValue 1 */
  readonly batchSize?: number;
  /** Threads of one forward pass; 0 leaves it to the runtime, which takes the physical cores. @defaultValue 0 */
  readonly threads?: number | undefined;
}

/**
 * The engine for ONNX sentence encoders. Each text gets the model's prompt before it; texts longer than the model's maximum are cut,
 * their closing special tokens kept.
 * @throws SettingError when a setting is out of range
 * @throws ModelError when files are missing or cannot be used, or onnxruntime-node is not installed
 */
export async function openOnnx(
  id: string,
  choice: OnnxEncoderChoice,
  options: OnnxOptions & HubOptions,
): Promise<Encoder> {
  const { batchSize = 1, threads = 0 } = options;
  requireCount('batchSize', batchSize, 1);
  requireCount('threads', threads, 0);
  const model = await readModelFiles(await openModelSource(choice.model, options), choice);
  const runtime = await loadRuntime(model, threads);
  const { prompt, maxTokens, modules } = model;
  const closing = closingTokens(runtime);
  // As the reference counts: the prompt alone, without the special token that closes it.
  const skipped = modules.includePrompt || prompt === '' ? 0 : runtime.encode(prompt).length - Math.min(closing, 1);
  let truncated = 0;
  return {
    id,
    fingerprint: model.fingerprint,
    description: {
      prompt,
      maxTokens: maxTokens === Infinity ? undefined : maxTokens,
      modules: [...modules.pooling.map((mode) => `${mode} pooling`), ...modules.after.map(({ name }) => name)],
    },
    get truncated() {
      return truncated;
    },
    async embed(texts, embedOptions = {}) {
      const ids = texts.map((text) => {
        const whole = `${prompt}${text}`;
        // One character at a time, as the reference does: a final Σ becomes σ.
        const cased = model.lowerCase ? Array.from(whole, (character) => character.toLowerCase()).join('') : whole;
        const all = runtime.encode(cased);
        if (all.length > maxTokens) truncated++;
        return cut(all, maxTokens, closing);
      });
      return embedTokens({ runtime, model, texts, ids, skipped, batchSize, ...embedOptions });
    },
    close: () => runtime.release(),
  };
}

/** Number of special tokens that close a text: those of the empty one that do not open "a". */
function closingTokens(runtime: Runtime): number {
  const empty = runtime.encode('');
  const letter = runtime.encode('a');
  let opening = 0;
  while (opening < empty.length && empty[opening] === letter[opening]) opening++;
  return empty.length - opening;
}

interface Work extends EmbedOptions {
  readonly runtime: Runtime;
  readonly model: ModelFiles;
  readonly texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  /** Tokens at the start that are not pooled. */
  readonly skipped: number;
  readonly batchSize: number;
}

async function embedTokens(work: Work): ReturnType<Encoder['embed']> {
  const { runtime, model, texts, ids, skipped, batchSize, signal, onProgress } = work;
  let data = new Float32Array();
  let cols = 0;
  let done = 0;
  const lengths = ids.map((text) => text.length);
  for (const batch of batchesByLength(lengths, batchSize)) {
    signal?.throwIfAborted();
    const vectors = await runtime.run(batch.map((i) => ids[i]!));
    if (vectors.pooled) refuseDense(model, skipped);
    batch.forEach((i, b) => {
      const tokens = vectors.pooled ? { b, from: 0, to: 1 } : { b, from: skipped, to: lengths[i]! };
      const row = rowOf(vectors, tokens, model);
      if (cols === 0) {
        cols = row.length;
        data = new Float32Array(texts.length * cols);
      }
      if (!row.every(Number.isFinite)) {
        const problem = `The embedding of text ${i} (${shown(texts[i]!)}) is not finite.`;
        throw new EmbeddingError('embedding', problem, { remedy: 'Drop the text, or try other weights.' });
      }
      data.set(row, i * cols);
    });
    onProgress?.((done += batch.length), texts.length);
  }
  return { data, rows: texts.length, cols };
}

/** A row: the pooled vectors one after the other, through the modules that follow. */
function rowOf(
  vectors: TokenVectors & { readonly pooled: boolean },
  tokens: PooledTokens,
  { modules }: ModelFiles,
): Float32Array {
  const parts = vectors.pooled
    ? [pool(vectors, tokens, 'cls')]
    : modules.pooling.map((mode) => pool(vectors, tokens, mode));
  const pooled = parts.length === 1 ? parts[0]! : Float32Array.from(parts.flatMap((part) => [...part]));
  return modules.after.reduce((row, module) => {
    if (module.cols === undefined || module.cols === row.length) return module.apply(row);
    const problem = `The module ${module.name} takes ${module.cols} numbers and the one before it gives ${row.length}.`;
    throw new ModelError('unsupported', problem, { remedy: 'Download the model again.' });
  }, pooled);
}

/** A graph that gives one vector per text has pooled already; whether its other modules ran too cannot be inferred. */
function refuseDense({ modules, weights }: ModelFiles, skipped: number): void {
  const names = modules.after.map(({ name }) => name);
  if (skipped === 0 && names.every((name) => name === 'Normalize')) return;
  const problem = `${weights} gives one vector per text, so its modules (${names.join(', ')}) may have been applied already.`;
  throw new ModelError('unsupported', problem, { remedy: 'Export the model with its token vectors as output.' });
}
