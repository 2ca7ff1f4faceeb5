import type { GateBackend } from '@mixture-of-personas/gating';
import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';
import { requireFinite, type Matrix } from '@mixture-of-personas/numeric';
import type { MopConfig } from '../config/schema.js';
import { UserError } from '../errors.js';
import { serverOptions, type ModelOpeners } from './model-openers.js';
import { requireFit, requireTemperatures, type ModelUse } from './model-examination.js';

/** All that computes in a run; the language model has its scores kept in a folder. */
export interface Engines {
  readonly encoder: Encoder;
  readonly model: LanguageModel;
  readonly backend: GateBackend;
  /**
   * Embeds texts with progress, one row each.
   * @param what they are, in a few words
   * @throws ShapeError naming row and column when an embedding is not finite
   */
  embed(this: void, what: string, texts: readonly string[]): Promise<Matrix<Float32Array>>;
  /** Frees both models and closes the score store. */
  close(this: void): Promise<void>;
}

/**
 * The gating backend that a configuration names; TensorFlow is never taken because it happens to be installed (docs/decisions/0022).
 * @throws UserError `no-backend` when it is not installed or does not work
 */
export async function openBackend({ gate }: MopConfig): Promise<GateBackend> {
  const { chooseBackend } = await import('@mixture-of-personas/gating');
  const candidates = gate.backend === 'built-in' ? [] : [gate.backend];
  const { backend, refused } = await chooseBackend({ candidates });
  const [first] = refused;
  if (first === undefined) return backend;
  throw new UserError('no-backend', `gate.backend is ${gate.backend}, but ${first.reason}`, {
    remedy: 'Use gate.backend: built-in.',
  });
}

/**
 * Opens the models that a configuration names, and examines the language model where it is a server's; when the second fails, the first is
 * closed again.
 * @throws UserError `unfit-model` when the examination fails
 */
export async function openEngines(
  openers: ModelOpeners,
  config: MopConfig,
  use: ModelUse & { readonly scoreFolder: string },
): Promise<Engines> {
  const { threads } = config;
  const backend = await openBackend(config);
  const encoder = await openers.openEncoder(config.encoder.model, threads);
  try {
    const { openScoreStore, withStore } = await import('@mixture-of-personas/llm');
    const bare = await openers.openLanguageModel(config.llm.model, config.llm.threads ?? threads, {
      ...serverOptions(config.llm),
      onNotice: (sentence) => use.reporter.info?.(sentence),
    });
    await requireFit(bare, use);
    if (use.purpose === 'score') requireTemperatures(bare, config);
    const store = await openScoreStore(use.scoreFolder);
    for (const repair of store.repairs) use.reporter.note(repair);
    const model = withStore(bare, store);
    const close = async (): Promise<void> => {
      await encoder.close();
      await model.close();
    };
    return { encoder, model, backend, embed: embedderOf(encoder, use), close };
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

function embedderOf(encoder: Encoder, { reporter, signal }: ModelUse): Engines['embed'] {
  return async (what, texts) => {
    const onProgress = (done: number, total: number): void => reporter.progress(`embed ${what}`, done, total);
    const matrix = await encoder.embed(texts, { signal, onProgress });
    requireFinite(`The encoder ${encoder.id}`, `its embeddings of the ${what}`, matrix);
    return matrix;
  };
}
