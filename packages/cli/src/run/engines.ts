import { chooseBackend, type GateBackend } from '@mixture-of-personas/gating';
import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';
import type { MopConfig } from '../config/schema.js';
import type { ModelOpeners } from '../model-openers.js';

/** All that computes in a run; the language model has its scores kept in a folder. */
export interface Engines {
  readonly encoder: Encoder;
  readonly model: LanguageModel;
  readonly backend: GateBackend;
  /** Frees both models and closes the score store. */
  close(): Promise<void>;
}

/** Opens the models that a configuration names; when the second fails, the first is closed again. */
export async function openEngines(openers: ModelOpeners, config: MopConfig, scoreFolder: string): Promise<Engines> {
  const { threads } = config;
  const { backend } = await chooseBackend();
  const encoder = await openers.openEncoder(config.encoder.model, threads);
  try {
    const { openScoreStore, withStore } = await import('@mixture-of-personas/llm');
    const bare = await openers.openLanguageModel(config.llm.model, config.llm.threads ?? threads);
    const model = withStore(bare, await openScoreStore(scoreFolder));
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
