import { loadOnnx, ModelError, openFastTokenizer, openSession } from '@mixture-of-personas/models';
import type { Tensor } from 'onnxruntime-node';
import type { ModelFiles } from './model-files.js';
import type { TokenVectors } from './pooling.js';

/** Token ids in, vectors out. */
export interface Runtime {
  /** Token ids with the special tokens, uncut. */
  encode(text: string): readonly number[];
  /** B × L × D token vectors of a padded batch; with `pooled` B × D, from a graph that pools by itself (L is 1 then). */
  run(batch: readonly (readonly number[])[]): Promise<TokenVectors & { readonly pooled: boolean }>;
  release(): Promise<void>;
}

/**
 * Opens weights and tokenizer.
 * @param threads of one forward pass; 0 leaves it to the runtime
 * @throws ModelError when onnxruntime-node is not installed or the files cannot be used
 */
export async function loadRuntime(model: ModelFiles, threads: number): Promise<Runtime> {
  const tokenizer = await openFastTokenizer(model.tokenizer, model.tokenizerConfig);
  const { Tensor } = await loadOnnx();
  const session = await openSession(model.weights, { threads });
  // Token vectors where the graph gives them, so that the model's own modules are applied; else its sentence vector.
  const usual = ['last_hidden_state', 'token_embeddings', 'sentence_embedding'];
  const output = usual.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0]!;
  return {
    encode: (text) => tokenizer.encode(text).ids,
    run: async (batch) => {
      const tensors = paddedInputs(batch);
      const dims = [batch.length, tensors.width];
      const feeds = Object.fromEntries(
        session.inputNames.map((name) => [name, new Tensor('int64', inputNamed(tensors, name, model), dims)]),
      );
      return vectorsOf((await session.run(feeds))[output], model);
    },
    release: () => session.release(),
  };
}

/** Right-padded with zeros that the mask hides; a text without any token is one masked position. */
function paddedInputs(batch: readonly (readonly number[])[]) {
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

type Inputs = Pick<ReturnType<typeof paddedInputs>, 'ids' | 'mask'>;

function inputNamed({ ids, mask }: Inputs, name: string, model: ModelFiles): BigInt64Array {
  if (name === 'input_ids') return ids;
  if (name === 'attention_mask') return mask;
  if (name === 'token_type_ids') return new BigInt64Array(ids.length);
  throw notAnEncoder(model, `wants the input ${name}`);
}

function vectorsOf(tensor: Tensor | undefined, model: ModelFiles): TokenVectors & { readonly pooled: boolean } {
  const dims = tensor?.dims ?? [];
  if (!tensor || !(tensor.data instanceof Float32Array) || dims.length < 2 || dims.length > 3) {
    const given = `${tensor?.type ?? 'nothing'} of shape ${dims.join(' × ')}`;
    throw notAnEncoder(model, `gives ${given} and not float32 vectors`);
  }
  const pooled = dims.length === 2;
  return { data: tensor.data, tokens: pooled ? 1 : dims[1]!, cols: dims.at(-1)!, pooled };
}

function notAnEncoder(model: ModelFiles, why: string): ModelError {
  const problem = `${model.weights} ${why}, so it is no text encoder.`;
  return new ModelError('unsupported', problem, { remedy: 'Name a sentence encoder.' });
}
