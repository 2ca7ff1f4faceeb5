import type { Encoder } from '@mixture-of-personas/encoder';
import type { LanguageModel } from '@mixture-of-personas/llm';

/** How a command gets its models from their names; a test hands in fakes, which need no files and no native runtime. */
export interface ModelOpeners {
  /** The encoder of a name: `onnx:FOLDER-OR-HUB-ID`, or another engine that the encoder package names. */
  openEncoder(model: string, threads?: number): Promise<Encoder>;
  /** The language model of a name: `onnx:FOLDER-OR-HUB-ID`. */
  openLanguageModel(model: string, threads?: number): Promise<LanguageModel>;
}

/** The engines themselves, imported only when one is asked for: `mop init` starts without a model runtime. */
export const realOpeners: ModelOpeners = {
  async openEncoder(model, threads) {
    const { openEncoder, parseEncoderChoice } = await import('@mixture-of-personas/encoder');
    return openEncoder(parseEncoderChoice(model), threads === undefined ? {} : { threads });
  },
  async openLanguageModel(model, threads) {
    const { openLanguageModel } = await import('@mixture-of-personas/llm');
    return openLanguageModel(model, threads === undefined ? {} : { threads });
  },
};
