import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ModelFilesError, reasonOf } from '../errors.js';
import type { Pooling } from './pooling.js';

/** What an encoder needs to know of a model folder. */
export interface ModelFolder {
  /** Path of the ONNX weights. */
  readonly weights: string;
  /** Contents of tokenizer.json and tokenizer_config.json. */
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
  readonly pooling: Pooling;
  /** Longest text in tokens, special ones included. */
  readonly maxTokens: number;
  /** SHA-256 over weights, tokenizer, pooling and length: two folders with the same embeddings have the same. */
  readonly fingerprint: string;
}

/** Full precision before smaller files: what the model's authors measured. */
const PREFERRED = ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx', 'model_int8.onnx', 'model_uint8.onnx'];
const DEFAULT_MAX_TOKENS = 256;

/**
 * Reads a folder in the Hugging Face ONNX layout: `onnx/*.onnx` (or the files beside config.json), `tokenizer.json`, and, where
 * they stand, `1_Pooling/config.json` (else mean pooling) and `sentence_bert_config.json` (else the tokenizer's maximum, at most 256).
 * @param file the weights file; left out: model.onnx, model_fp16, model_quantized, model_int8, model_uint8, or the only one there is
 * @throws ModelFilesError naming what is missing or unreadable
 */
export async function readModelFolder(folder: string, file?: string): Promise<ModelFolder> {
  if (!existsSync(folder)) throw new ModelFilesError(`No model folder at ${folder}. Check the path.`);
  const weights = weightsIn(folder, file);
  const tokenizer = jsonIn(folder, 'tokenizer.json');
  if (tokenizer === undefined) {
    throw new ModelFilesError(`${folder} has no tokenizer.json. Save the model's fast tokenizer there.`);
  }
  const tokenizerConfig = jsonIn(folder, 'tokenizer_config.json') ?? {};
  const pooling = poolingOf(folder, jsonIn(folder, '1_Pooling/config.json'));
  const maxTokens = maxTokensOf(jsonIn(folder, 'sentence_bert_config.json'), tokenizerConfig);
  const hash = createHash('sha256').update(JSON.stringify([tokenizer, tokenizerConfig, pooling, maxTokens]));
  for (const path of [weights, ...sidecars(weights)])
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return { weights, tokenizer, tokenizerConfig, pooling, maxTokens, fingerprint: hash.digest('hex') };
}

function weightsIn(folder: string, file: string | undefined): string {
  const found = ['onnx', '.'].flatMap((place) => {
    const path = join(folder, place);
    return existsSync(path)
      ? readdirSync(path)
          .filter((name) => name.endsWith('.onnx'))
          .map((name) => join(path, name))
      : [];
  });
  const names = found.map((path) => basename(path));
  if (names.length === 0) {
    throw new ModelFilesError(
      `${folder} has no ONNX files: expected onnx/model.onnx or another *.onnx. Export the model to ONNX, or name a folder that has them.`,
    );
  }
  const wanted = file === undefined ? PREFERRED.find((name) => names.includes(name)) : file.replace(/^onnx\//, '');
  const at = wanted === undefined && names.length === 1 ? 0 : names.indexOf(wanted ?? '');
  if (at < 0) {
    const need = wanted === undefined ? 'several ONNX files and none has a usual name' : `no ${wanted}`;
    throw new ModelFilesError(`${folder} has ${need}; it has ${names.join(', ')}. Name one: onnx:FOLDER#FILE.onnx.`);
  }
  return found[at]!;
}

/** Files that hold the tensors of a model too large for one ONNX file: model.onnx_data, model.onnx.data, …_1, … */
function sidecars(weights: string): string[] {
  const folder = join(weights, '..');
  const names = readdirSync(folder).filter((name) => /^[._]data/.test(name.slice(basename(weights).length)));
  return names
    .filter((name) => name.startsWith(basename(weights)))
    .sort()
    .map((name) => join(folder, name));
}

function jsonIn(folder: string, name: string): object | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new ModelFilesError(`${path} is not valid JSON (${reasonOf(error)}). Download the model again.`);
  }
  throw new ModelFilesError(`${path} holds no JSON object. Download the model again.`);
}

function poolingOf(folder: string, config: object | undefined): Pooling {
  if (config === undefined) return 'mean';
  const modes = Object.entries(config).filter(([key, value]) => key.startsWith('pooling_mode_') && value === true);
  const [mode = '', ...others] = modes.map(([key]) => key.slice('pooling_mode_'.length));
  if (others.length === 0) {
    if (mode === 'mean_tokens') return 'mean';
    if (mode === 'cls_token') return 'cls';
    if (mode === 'max_tokens') return 'max';
  }
  const found = [mode, ...others].join(' + ') || 'none';
  throw new ModelFilesError(
    `${folder} asks for the pooling ${found}; mean_tokens, cls_token and max_tokens are known, one at a time.`,
  );
}

function maxTokensOf(sentence: object | undefined, tokenizer: object): number {
  const stated = numberAt(sentence, 'max_seq_length');
  if (stated !== undefined) return stated;
  return Math.min(numberAt(tokenizer, 'model_max_length') ?? DEFAULT_MAX_TOKENS, DEFAULT_MAX_TOKENS);
}

function numberAt(object: object | undefined, key: string): number | undefined {
  const value: unknown = object === undefined ? undefined : Reflect.get(object, key);
  return typeof value === 'number' && value > 2 ? value : undefined;
}
