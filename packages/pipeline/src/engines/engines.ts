import type { GateBackend } from '@mixture-of-personas/gating';
import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';
import type { MopConfig } from '../config/schema.js';
import { serverOptions, type ModelOpeners } from './model-openers.js';
import { requireFit, requireTemperatures, type ModelUse } from './model-examination.js';

/** All that computes in a run; the language model has its scores kept in a folder. */
export interface Engines {
  readonly encoder: Encoder;
  readonly model: LanguageModel;
  readonly backend: GateBackend;
  /** Frees both models and closes the score store. */
  close(): Promise<void>;
}

/** Use for which models are opened. */
export interface EngineUse extends ModelUse {
  readonly scoreFolder: string;
}

/**
 * Opens the models that a configuration names, and examines the language model where it is a server's; when the second fails, the first is
 * closed again.
 * @throws UserError `unfit-model` when the examination fails
 */
export async function openEngines(openers: ModelOpeners, config: MopConfig, use: EngineUse): Promise<Engines> {
  const { threads } = config;
  const { chooseBackend } = await import('@mixture-of-personas/gating');
  const { backend } = await chooseBackend();
  const encoder = await openers.openEncoder(config.encoder.model, threads);
  try {
    const { openScoreStore, withStore } = await import('@mixture-of-personas/llm');
    const bare = await openers.openLanguageModel(
      config.llm.model,
      config.llm.threads ?? threads,
      serverOptions(config.llm),
    );
    await requireFit(bare, use);
    if (use.purpose === 'score') requireTemperatures(bare, config);
    const store = await openScoreStore(use.scoreFolder);
    for (const repair of store.repairs) use.reporter.note(repair);
    const model = withStore(bare, store);
    const close = async (): Promise<void> => {
      await encoder.close();
      await model.close();
    };
    return { encoder, model, backend, close };
  } catch (error) {
    await encoder.close();
    throw error;
  }
}
