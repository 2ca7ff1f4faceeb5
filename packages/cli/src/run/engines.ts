import { openEncoder, type Encoder } from '@mixture-of-personas/encoder';
import { openLanguageModel, openScoreStore, withStore, type LanguageModel } from '@mixture-of-personas/llm';
import type { MopConfig } from '../config/schema.js';

/** How a job gets its models; a test hands in fakes, which need no files and no native runtime. */
export interface Engines {
  openEncoder(config: MopConfig): Promise<Encoder>;
  openLanguageModel(config: MopConfig): Promise<LanguageModel>;
}

/** The engines that the configuration names. */
export const realEngines: Engines = {
  openEncoder: (config) => openEncoder(config.encoder.model, threadsOf(config.threads)),
  openLanguageModel: (config) => openLanguageModel(config.llm.model, threadsOf(config.llm.threads ?? config.threads)),
};

/** Both models of a run, the language model with its scores kept in a folder. */
export interface OpenedEngines {
  readonly encoder: Encoder;
  readonly model: LanguageModel;
  /** Frees both and closes the score store. */
  close(): Promise<void>;
}

/** Opens the models; when the second fails, the first is closed again. */
export async function openEngines(engines: Engines, config: MopConfig, scoreFolder: string): Promise<OpenedEngines> {
  const encoder = await engines.openEncoder(config);
  try {
    const bare = await engines.openLanguageModel(config);
    const model = withStore(bare, await openScoreStore(scoreFolder));
    const close = async (): Promise<void> => {
      await encoder.close();
      await model.close();
    };
    return { encoder, model, close };
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

function threadsOf(threads: number | undefined): { threads?: number } {
  return threads === undefined ? {} : { threads };
}
