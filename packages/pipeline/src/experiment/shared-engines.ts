import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';
import { keptOpen, type ModelOpeners } from '../engines/model-openers.js';

/** Openers whose models stay open from one run to the next. */
export interface SharedEngines extends ModelOpeners {
  /** Closes every model that was opened. */
  closeAll(): Promise<void>;
}

/**
 * Each model is opened once for all cells of an experiment, and a text is embedded once: runs close what they were given without effect.
 * @param embeddings folder that keeps the encoders' rows
 */
export function sharedEngines(openers: ModelOpeners, embeddings: string): SharedEngines {
  const encoders = new Map<string, Promise<Encoder>>();
  const models = new Map<string, Promise<LanguageModel>>();
  const once = <T>(known: Map<string, Promise<T>>, key: string, open: () => Promise<T>): Promise<T> => {
    const found = known.get(key) ?? open();
    known.set(key, found);
    // A model that could not be opened is tried again by the next cell that asks for it.
    found.catch(() => known.delete(key));
    return found;
  };
  return {
    openEncoder: async (model, threads) => {
      const { withCache } = await import('@mixture-of-personas/encoder');
      const opened = once(encoders, `${model} ${threads ?? ''}`, async () =>
        withCache(await openers.openEncoder(model, threads), embeddings),
      );
      return keptOpen(await opened);
    },
    openLanguageModel: async (model, threads, server) => {
      const key = JSON.stringify([model, threads, server]);
      return keptOpen(await once(models, key, () => openers.openLanguageModel(model, threads, server)));
    },
    async closeAll() {
      for (const opened of [...encoders.values(), ...models.values()]) await (await opened).close();
    },
  };
}
