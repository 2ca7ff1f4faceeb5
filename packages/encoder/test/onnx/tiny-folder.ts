// Model folders around the tiny model, and the rows that its formulas give.
import { folderWith } from '../temporary-folder.js';
import { modulesJson, safetensors, TABLE, tinyModel, TOKENIZER } from './tiny-model.js';

/** Contents by name below the model's folder. */
export type Files = Record<string, string | Uint8Array>;

/** A new folder with the tiny model and the given files. */
export const folderOf = (files: Files = {}): string =>
  folderWith({ 'onnx/model.onnx': tinyModel().model, 'tokenizer.json': TOKENIZER, ...files });

/** Vectors of `[CLS] a b [SEP]`. */
const AB = [1, 2, 3, 5].map((id) => TABLE[id]);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const byColumn = (f: (values: number[]) => number): number[] => TABLE[0].map((_, d) => f(AB.map((row) => row[d])));

/** Mean of the vectors of the tokens. */
export const meanOf = (...ids: readonly number[]): number[] =>
  TABLE[0].map((_, d) => sum(ids.map((id) => TABLE[id][d])) / ids.length);
/** The pooled row of "a b" by the name of the pooling. */
export const POOLED = {
  cls: AB[0],
  lasttoken: AB[3],
  max: byColumn((values) => Math.max(...values)),
  mean: meanOf(1, 2, 3, 5),
  mean_sqrt_len_tokens: byColumn((values) => sum(values) / 2),
  weightedmean: byColumn((values) => sum(values.map((value, t) => (t + 1) * value)) / 10),
};
/** A row divided by its length. */
export const unit = (row: readonly number[]): number[] => row.map((value) => value / Math.hypot(...row));

const WEIGHT = [0.5, -1, 0.25, 1, 0.1, 0.2, 0.3, 0.4];
const BIAS = [0.5, -0.25];
/** Files of mean pooling, a Dense module from 4 to 2 numbers and Normalize. */
export const dense = (config: object = {}): Files => ({
  'modules.json': modulesJson('Transformer', 'Pooling', 'Dense', 'Normalize'),
  '2_Dense/config.json': JSON.stringify({
    in_features: 4,
    out_features: 2,
    bias: true,
    activation_function: 'torch.nn.modules.activation.Tanh',
    ...config,
  }),
  '2_Dense/model.safetensors': safetensors({
    'linear.bias': { shape: [2], data: BIAS },
    'linear.weight': { shape: [2, 4], data: WEIGHT },
  }),
});
/** The row of "a b" in the Dense module before its activation. */
export const LINEAR = BIAS.map((bias, i) => bias + sum(POOLED.mean.map((value, j) => WEIGHT[4 * i + j] * value)));
/** Activations of Dense by name. */
export const ACTIVATIONS: readonly (readonly [string, (x: number) => number])[] = [
  ['Identity', (x) => x],
  ['Tanh', Math.tanh],
  ['ReLU', (x) => Math.max(0, x)],
  ['Sigmoid', (x) => 1 / (1 + Math.exp(-x))],
  ['SiLU', (x) => x / (1 + Math.exp(-x))],
];
