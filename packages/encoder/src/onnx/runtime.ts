import type * as Ort from 'onnxruntime-node';
import { ModelFilesError, reasonOf } from '../errors.js';
import type { ModelFolder } from './model-folder.js';
import type { TokenVectors } from './pooling.js';

/** What is used of @huggingface/tokenizers; its own declarations cannot be resolved under nodenext (relative imports without `.js`). */
interface TokenizersModule {
  readonly Tokenizer: new (tokenizer: object, config: object) => { encode(text: string): { readonly ids: number[] } };
}

/** Token ids in, vectors out. */
export interface Runtime {
  /** Token ids with the special tokens, uncut. */
  encode(text: string): readonly number[];
  /** B × L × D token vectors of a padded batch; with `pooled` B × D, from a graph that pools by itself (L is 1 then). */
  run(batch: readonly (readonly number[])[]): Promise<TokenVectors & { readonly pooled: boolean }>;
  release(): Promise<void>;
}

/**
 * Opens weights and tokenizer. The only place that imports the two optional peers, and only when it is called.
 * @param threads of one forward pass; 0 leaves it to the runtime
 * @throws ModelFilesError when the peers are not installed or the weights cannot be run
 */
export async function loadRuntime(model: ModelFolder, threads: number): Promise<Runtime> {
  const { ort, Tokenizer } = await importPeers();
  const tokenizer = tokenizerOf(model, Tokenizer);
  const session = await ort.InferenceSession.create(model.weights, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // Spinning threads doubled the CPU seconds of short texts and won nothing: docs/decisions/0040.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((error: unknown) => {
    throw new ModelFilesError(
      `${model.weights} could not be loaded (${reasonOf(error)}). Download or export it again.`,
    );
  });
  const output = vectorOutput(session.outputNames);
  return {
    encode: (text) => tokenizer.encode(text).ids,
    run: async (batch) => {
      const tensors = paddedInputs(batch);
      const dims = [batch.length, tensors.width];
      const feeds = Object.fromEntries(
        session.inputNames.map((name) => [name, new ort.Tensor('int64', inputNamed(tensors, name, model), dims)]),
      );
      return vectorsOf((await session.run(feeds))[output], model);
    },
    release: () => session.release(),
  };
}

async function importPeers(): Promise<TokenizersModule & { ort: typeof Ort }> {
  try {
    const [ort, tokenizers] = await Promise.all([import('onnxruntime-node'), import('@huggingface/tokenizers')]);
    return { ort, Tokenizer: (tokenizers as TokenizersModule).Tokenizer };
  } catch (error) {
    const [reason] = reasonOf(error).split('\n');
    throw new ModelFilesError(
      `The onnx encoder needs two packages that could not be loaded (${reason}). Run: npm i onnxruntime-node@1.30.0 @huggingface/tokenizers@0.2.0`,
    );
  }
}

function tokenizerOf(model: ModelFolder, Tokenizer: TokenizersModule['Tokenizer']): InstanceType<typeof Tokenizer> {
  try {
    return new Tokenizer(model.tokenizer, model.tokenizerConfig);
  } catch (error) {
    throw new ModelFilesError(
      `The tokenizer.json for ${model.weights} cannot be used (${reasonOf(error)}). Save the model's fast tokenizer again.`,
    );
  }
}

interface Inputs {
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
  readonly width: number;
}

/** Right-padded with zeros that the mask hides; a text without any token is one masked position. */
function paddedInputs(batch: readonly (readonly number[])[]): Inputs {
  const width = Math.max(1, ...batch.map((text) => text.length));
  const ids = new BigInt64Array(batch.length * width);
  const mask = new BigInt64Array(batch.length * width);
  batch.forEach((text, b) =>
    text.forEach((id, t) => {
      ids[b * width + t] = BigInt(id);
      mask[b * width + t] = 1n;
    }),
  );
  return { ids, mask, width };
}

function inputNamed({ ids, mask }: Inputs, name: string, model: ModelFolder): BigInt64Array {
  if (name === 'input_ids') return ids;
  if (name === 'attention_mask') return mask;
  if (name === 'token_type_ids') return new BigInt64Array(ids.length);
  throw new ModelFilesError(
    `${model.weights} wants the input ${name}, so it is no text encoder. Name a sentence encoder.`,
  );
}

/** Token vectors where the graph gives them, so that the folder's own pooling is applied; else its sentence vector. */
function vectorOutput(names: readonly string[]): string {
  const usual = ['last_hidden_state', 'token_embeddings', 'sentence_embedding'];
  return usual.find((name) => names.includes(name)) ?? names[0]!;
}

function vectorsOf(tensor: Ort.Tensor | undefined, model: ModelFolder): TokenVectors & { readonly pooled: boolean } {
  const dims = tensor?.dims ?? [];
  if (!tensor || !(tensor.data instanceof Float32Array) || dims.length < 2 || dims.length > 3) {
    throw new ModelFilesError(
      `${model.weights} gives ${tensor?.type ?? 'nothing'} of shape ${dims.join(' × ')}; a text encoder gives float32 vectors. Name a sentence encoder.`,
    );
  }
  const pooled = dims.length === 2;
  return { data: tensor.data, tokens: pooled ? 1 : dims[1]!, cols: dims.at(-1)!, pooled };
}
