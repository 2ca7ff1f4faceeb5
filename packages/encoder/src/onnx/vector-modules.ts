import { ModelError, readJsonObject, type JsonObject, type ModelSource } from '@mixture-of-personas/models';
import { readSafetensors } from './safetensors.js';

/** A step from vector to vector after pooling. */
export interface VectorModule {
  /** Name for manifests, such as `Dense 384 → 8 Tanh`. */
  readonly name: string;
  /** Width of its input, where it takes one width only. */
  readonly cols?: number;
  apply(row: Float32Array): Float32Array;
}

/** Divides a row by its length. */
export const NORMALIZE: VectorModule = {
  name: 'Normalize',
  apply(row) {
    let squares = 0;
    for (const value of row) squares += value * value;
    // The reference divides by at least 1e-12, so that a row of zeros stays.
    const length = Math.max(Math.sqrt(squares), 1e-12);
    return row.map((value) => value / length);
  },
};

/** Activations by the name of their PyTorch class. */
const ACTIVATIONS: Readonly<Partial<Record<string, (x: number) => number>>> = {
  Identity: (x) => x,
  Tanh: Math.tanh,
  ReLU: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  SiLU: (x) => x / (1 + Math.exp(-x)),
};

/**
 * Reads a Dense module, y = f(W x + b): `config.json` and `model.safetensors` in its folder.
 * @throws ModelError `unsupported` for an unknown activation or setting, or weights in a format other than safetensors
 */
export async function readDense(source: ModelSource, folder: string): Promise<VectorModule> {
  const fail = (what: string): ModelError =>
    new ModelError('unsupported', `The Dense module ${folder} ${what}.`, { remedy: 'Choose another model.' });
  const path = await source.find(`${folder}/config.json`);
  if (path === undefined) throw fail('has no config.json');
  const config = await readJsonObject(path);
  const [rows, cols] = [config['out_features'], config['in_features']];
  if (typeof rows !== 'number' || typeof cols !== 'number') throw fail('does not say how wide it is');
  const { activation_function: stated = 'torch.nn.modules.activation.Tanh' } = config;
  const name = typeof stated === 'string' ? (stated.split('.').at(-1) ?? '') : JSON.stringify(stated);
  const activation = ACTIVATIONS[name];
  if (activation === undefined)
    throw fail(`has the activation ${name}; ${Object.keys(ACTIVATIONS).join(', ')} are known`);
  const setting = unusualSetting(config);
  if (setting !== undefined) throw fail(`sets ${setting}, which is not known`);
  const weights = await source.find(`${folder}/model.safetensors`);
  if (weights === undefined) {
    const bin = await source.find(`${folder}/pytorch_model.bin`);
    if (bin === undefined) throw fail('has no model.safetensors');
    throw fail('keeps its weights in pytorch_model.bin; model.safetensors is read');
  }
  const tensors = await readSafetensors(weights);
  const matrix = tensors.get('linear.weight');
  const bias = config['bias'] === false ? undefined : tensors.get('linear.bias');
  if (matrix?.shape.join() !== `${rows},${cols}` || (config['bias'] !== false && bias?.shape.join() !== `${rows}`))
    throw fail(`has weights of another shape than ${rows} × ${cols}`);
  return { name: `Dense ${cols} → ${rows} ${name}`, cols, apply: layer(matrix.data, bias?.data, rows, activation) };
}

/** A setting that this reading of Dense would ignore. */
function unusualSetting(config: JsonObject): string | undefined {
  if (config['use_residual'] === true) return 'use_residual';
  return ['module_input_name', 'module_output_name'].find(
    (key) => ![undefined, null, 'sentence_embedding'].some((usual) => usual === config[key]),
  );
}

function layer(matrix: Float32Array, bias: Float32Array | undefined, rows: number, activation: (x: number) => number) {
  return (x: Float32Array): Float32Array =>
    Float32Array.from({ length: rows }, (_, i) => {
      let sum = bias?.[i] ?? 0;
      for (let j = 0; j < x.length; j++) sum += matrix[i * x.length + j]! * x[j]!;
      return activation(sum);
    });
}
