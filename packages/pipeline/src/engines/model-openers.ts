import type { Encoder } from '@mixture-of-personas/encoder';
import type { DescribedModel, LanguageModel, ServerOptions } from '@mixture-of-personas/llm';
import type { MopConfig } from '../config/sections/mop-config.js';

/** A language model, which can examine itself where it is a server's. */
export type OpenedModel = LanguageModel & Pick<DescribedModel, 'check'>;

/** Functions that open a command's models by name; a test hands in fakes, which need no files and no native runtime. */
export interface ModelOpeners {
  /** The encoder of a name: `onnx:FOLDER-OR-HUB-ID`, or another engine that the encoder package names. */
  openEncoder(model: string, threads?: number): Promise<Encoder>;
  /** The language model of a name: `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL#MODEL`; `server` says how servers are asked. */
  openLanguageModel(model: string, threads?: number, server?: ServerOptions): Promise<OpenedModel>;
}

/** The engines themselves, imported only when one is asked for: `mop init` starts without a model runtime. */
export const realOpeners: ModelOpeners = {
  async openEncoder(model, threads) {
    const { openEncoder, parseEncoderChoice } = await import('@mixture-of-personas/encoder');
    return openEncoder(parseEncoderChoice(model), { threads });
  },
  async openLanguageModel(model, threads, server) {
    const { openLanguageModel } = await import('@mixture-of-personas/llm');
    return openLanguageModel(model, { threads, server });
  },
};

/** The settings of `llm` that are for servers, in their units. */
export function serverOptions({ temperatures, deadline, ...llm }: MopConfig['llm']): ServerOptions {
  const { scorer, tokenizer, api, apiKeyEnv, topLogProbabilities, maxWidth, concurrency } = llm;
  const [low = 1, high] = temperatures ?? [];
  return {
    scorer,
    tokenizer,
    api,
    apiKeyEnv,
    topLogProbabilities,
    maxWidth,
    concurrency,
    deadline: deadline === undefined ? undefined : deadline * 1000,
    temperatures: temperatures === undefined ? undefined : high === undefined ? 'fixed' : [low, high],
  };
}

/** The same engine, whose `close` does nothing. */
export function keptOpen<Engine extends Encoder | LanguageModel>(engine: Engine): Engine {
  return new Proxy(engine, {
    get(target, name) {
      if (name === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
