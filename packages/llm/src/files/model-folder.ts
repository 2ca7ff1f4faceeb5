import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { externalDataFiles, ModelError } from '@mixture-of-personas/models';
import type { ModelFile } from '../model/model-description.js';

/** Weight formats of the Hugging Face ONNX layout and the ending of their file names, in the order they are looked for. */
export const WEIGHT_FORMATS = {
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  fp32: '',
  q4: '_q4',
  bnb4: '_bnb4',
  q4f16: '_q4f16',
  fp16: '_fp16',
} as const;
/** Name of a weight format. */
export type WeightFormat = keyof typeof WEIGHT_FORMATS;

/** Facts that a model's folder holds about it. */
export interface ModelFolder {
  readonly path: string;
  /** The ONNX file. */
  readonly weights: string;
  readonly files: readonly ModelFile[];
  /** SHA-256, hex, of all files that change a score. */
  readonly fingerprint: string;
  /** Tokens at which the model ends its turn, from generation_config.json or config.json; may be empty. */
  readonly endTokens: readonly number[];
  readonly contextTokens: number | undefined;
}

/** A config file of a model; an empty object where there is none. @throws ModelError `no-config` when it is not a JSON object */
export async function readConfigFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  let value: unknown;
  let cause: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new ModelError('no-config', `${path} is not a JSON object; copy the model's files again.`, { cause });
}

/** Weights by format or by the name of their file. */
export interface WeightsWanted {
  readonly format?: WeightFormat | undefined;
  /** Such as `model_q4.onnx`, in the model's folder or its `onnx` folder. */
  readonly file?: string | undefined;
}

/** Names that weights may have below a model's folder, in the order they are looked for. */
export function weightNames({ format, file }: WeightsWanted): string[] {
  if (file !== undefined) return [`onnx/${file}`, file];
  const endings = format === undefined ? Object.values(WEIGHT_FORMATS) : [WEIGHT_FORMATS[format]];
  return endings.flatMap((ending) => [
    `onnx/model${ending}.onnx`,
    `model${ending}.onnx`,
    `onnx/decoder_model_merged${ending}.onnx`,
  ]);
}

function findWeights(folder: string, wanted: WeightsWanted): string {
  const names = weightNames(wanted);
  const found = names.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) return found;
  const looked = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and other formats' : ''}`;
  const problem = `The folder ${folder} holds no ONNX weights (looked for ${looked})`;
  throw new ModelError('no-weights', `${problem}; export the model to ONNX or choose another folder.`);
}

/** Files beside the weights that change what is computed from them; the first must be there. */
export const SETTINGS_FILES: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'generation_config.json',
  'config.json',
];

/**
 * Names below the folder of the ONNX file and of the files that its graph keeps tensors in.
 * @throws ModelError `no-weights` when one of them is missing
 */
async function weightFiles(folder: string, weights: string): Promise<string[]> {
  const parts = (await externalDataFiles(join(folder, weights))).map((part) => join(dirname(weights), part));
  const missing = parts.find((part) => !existsSync(join(folder, part)));
  if (missing === undefined) return [weights, ...parts];
  const problem = `${join(folder, weights)} keeps weights in ${missing}, which is not there`;
  throw new ModelError('no-weights', `${problem}; copy all files of the model.`);
}

/** The second way of taking a fingerprint: the first left out the template, the configs and external data of other names. */
const FINGERPRINT_VERSION = 'files-2';

/** Files below a folder with their sizes, and the SHA-256, hex, of their names, sizes and contents. */
export async function fingerprintFiles(
  folder: string,
  names: readonly string[],
): Promise<Pick<ModelFolder, 'files' | 'fingerprint'>> {
  const hash = createHash('sha256').update(FINGERPRINT_VERSION);
  const files: ModelFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const { size } = await stat(path);
    files.push({ path: name, bytes: size });
    hash.update(`\0${name}\0${size}\0`);
    for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(block as Buffer);
  }
  return { files, fingerprint: hash.digest('hex') };
}

/**
 * Tokens at which a model ends its turn, from generation_config.json or config.json; may be empty.
 * @throws ModelError `no-config` when one of them is not a JSON object
 */
export async function endTokensIn(path: string): Promise<readonly number[]> {
  const ends = numbersOf((await readConfigFile(join(path, 'generation_config.json')))['eos_token_id']);
  return ends.length > 0 ? ends : numbersOf((await readConfigFile(join(path, 'config.json')))['eos_token_id']);
}

function numbersOf(value: unknown): number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'number');
}

/** Names that configs give the longest sequence, and where they stand. */
const CONTEXT_NAMES = [
  'max_position_embeddings',
  'n_positions',
  'n_ctx',
  'max_seq_len',
  'seq_length',
  'max_sequence_length',
];

/** Tokens that a model takes at most, by its config.json; undefined when it does not say. @throws ModelError `no-config` */
export async function contextIn(path: string): Promise<number | undefined> {
  const config = await readConfigFile(join(path, 'config.json'));
  const inner = config['text_config'];
  const places = [config, ...(typeof inner === 'object' && inner !== null ? [inner as Record<string, unknown>] : [])];
  return places.flatMap((place) => CONTEXT_NAMES.flatMap((name) => numbersOf(place[name])))[0];
}

/**
 * Checks that a folder holds a model in the Hugging Face ONNX layout.
 * @returns the ONNX file, relative to the folder
 * @throws ModelError `folder-missing`, `no-weights`, `no-tokenizer` or `no-config`, saying what was looked for
 */
export async function checkModelFolder(path: string, wanted: WeightsWanted = {}): Promise<string> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind?.isDirectory()) {
    const problem = `There is no model folder ${path}`;
    throw new ModelError('folder-missing', `${problem}; give the path of an existing folder or a hub id.`);
  }
  const weights = findWeights(path, wanted);
  for (const part of ['tokenizer', 'config']) {
    if (existsSync(join(path, `${part}.json`))) continue;
    const problem = `The folder ${path} has no ${part}.json`;
    throw new ModelError(`no-${part}`, `${problem}; copy the model's ${part} beside its weights.`);
  }
  return weights;
}

/**
 * Reads what is needed to run a model in the Hugging Face ONNX layout; reads every file once, for the fingerprint.
 * @throws ModelError as `checkModelFolder` does
 */
export async function readModelFolder(path: string, wanted: WeightsWanted = {}): Promise<ModelFolder> {
  const weights = await checkModelFolder(path, wanted);
  const contextTokens = await contextIn(path);
  const settings = SETTINGS_FILES.filter((name) => existsSync(join(path, name)));
  const read = await fingerprintFiles(path, [...(await weightFiles(path, weights)), ...settings]);
  return { path, weights, ...read, endTokens: await endTokensIn(path), contextTokens };
}
