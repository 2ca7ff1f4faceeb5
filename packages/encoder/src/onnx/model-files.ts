import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  externalDataFiles,
  hashFiles,
  ModelError,
  property,
  readJsonObject,
  type JsonObject,
  type ModelSource,
  type NamedFile,
} from '@mixture-of-personas/models';
import type { OnnxEncoderChoice } from '../choice.js';
import { readModules, type Modules } from './modules.js';

/** Facts that an encoder needs of a model's files. */
export interface ModelFiles {
  /** Path of the ONNX weights. */
  readonly weights: string;
  /** Contents of tokenizer.json and tokenizer_config.json. */
  readonly tokenizer: JsonObject;
  readonly tokenizerConfig: JsonObject;
  readonly modules: Modules;
  /** Text put before each text. */
  readonly prompt: string;
  /** Longest text in tokens, special ones included; Infinity when nothing is cut. */
  readonly maxTokens: number;
  /** Whether texts are put in lower case first. */
  readonly lowerCase: boolean;
  /** SHA-256, hex, of everything that changes a row: all files that were read, the prompt and the modules in use. */
  readonly fingerprint: string;
}

/** Full precision before smaller files: what the model's authors measured. */
const PREFERRED = ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx', 'model_int8.onnx', 'model_uint8.onnx'];
/** Part of every fingerprint: another number for another way from files to rows. */
const VERSION = 2;

/**
 * Reads a sentence encoder in the Hugging Face ONNX layout: weights in `onnx` or the model's folder with their external data,
 * tokenizer, modules, prompts and the maximum length, as sentence-transformers reads them.
 * @throws ModelError naming what is missing, unreadable or not supported
 */
export async function readModelFiles(
  source: ModelSource,
  choice: Omit<OnnxEncoderChoice, 'kind'>,
): Promise<ModelFiles> {
  const files = recorded(source);
  const weights = await findWeights(source, choice.file);
  await files.source.find(weights);
  for (const name of await externalDataFiles(join(source.folder, weights))) {
    const path = join(dirname(weights), name);
    if ((await files.source.find(path)) !== undefined) continue;
    const problem = `${weights} keeps tensors in ${name}, which ${source.folder} lacks.`;
    throw new ModelError('no-weights', problem, { remedy: 'Copy or download the whole model.' });
  }
  const read = async (name: string): Promise<JsonObject | undefined> => {
    const path = await files.source.find(name);
    return path === undefined ? undefined : readJsonObject(path);
  };
  const whole = await readModules(files.source);
  const isCut = choice.normalize === false && whole.after.at(-1)?.name === 'Normalize';
  const modules = isCut ? { ...whole, after: whole.after.slice(0, -1) } : whole;
  const at = (name: string): Promise<JsonObject | undefined> => read(join(modules.transformer, name));
  const tokenizer = await at('tokenizer.json');
  if (tokenizer === undefined) {
    const remedy = "Save the model's fast tokenizer there.";
    throw new ModelError('no-tokenizer', `${source.folder} has no tokenizer.json.`, { remedy });
  }
  const tokenizerConfig = (await at('tokenizer_config.json')) ?? {};
  const sentence = (await at('sentence_bert_config.json')) ?? {};
  const maxTokens = maxTokensOf(sentence, tokenizerConfig, (await at('config.json')) ?? {});
  const prompt = promptOf(await read('config_sentence_transformers.json'), choice.prompt, source.folder);
  const used = [VERSION, prompt, choice.normalize !== false, await hashFiles(files.found)];
  return {
    weights: join(source.folder, weights),
    tokenizer,
    tokenizerConfig,
    modules,
    prompt,
    maxTokens,
    lowerCase: sentence['do_lower_case'] === true,
    fingerprint: createHash('sha256').update(JSON.stringify(used)).digest('hex'),
  };
}

/** The source again, with a list of the files that were found. */
function recorded(source: ModelSource): { readonly source: ModelSource; readonly found: NamedFile[] } {
  const found: NamedFile[] = [];
  const find = async (name: string): Promise<string | undefined> => {
    const path = await source.find(name);
    if (path !== undefined && !found.some((file) => file.name === name)) found.push({ name, path });
    return path;
  };
  return { source: { ...source, find }, found };
}

/** Name of the weights, below the model's folder. */
async function findWeights(source: ModelSource, file: string | undefined): Promise<string> {
  const wanted = file === undefined ? PREFERRED : [file.replace(/^onnx\//, '')];
  for (const name of wanted)
    for (const place of [`onnx/${name}`, name]) if ((await source.find(place)) !== undefined) return place;
  const there: string[] = [];
  for (const place of ['onnx', '.'])
    for (const name of await readdir(join(source.folder, place)).catch(() => []))
      if (name.endsWith('.onnx')) there.push(join(place, name));
  const [only] = there;
  if (only === undefined) {
    const problem = `${source.folder} has no ONNX files: expected ${file ?? 'onnx/model.onnx or another *.onnx'}.`;
    throw new ModelError('no-weights', problem, { remedy: 'Export the model to ONNX, or name one that has them.' });
  }
  if (file === undefined && there.length === 1) return only;
  const need = file === undefined ? 'several ONNX files and none has a usual name' : `no ${file}`;
  const names = there.map((name) => basename(name)).join(', ');
  const remedy = 'Name one: onnx:FOLDER#FILE.onnx.';
  throw new ModelError('no-weights', `${source.folder} has ${need}; it has ${names}.`, { remedy });
}

/** The stated maximum, else the smaller of the tokenizer's and the model's. */
function maxTokensOf(sentence: JsonObject, tokenizer: JsonObject, config: JsonObject): number {
  const places = [sentence, sentence['tokenizer_args'], sentence['processor_kwargs']];
  const lengths = [lengthAt(sentence, 'max_seq_length'), ...places.map((place) => lengthAt(place, 'model_max_length'))];
  const stated = lengths.find((length) => length !== undefined);
  const longest = [lengthAt(tokenizer, 'model_max_length'), lengthAt(config, 'max_position_embeddings')];
  return stated ?? Math.min(...longest.map((length) => length ?? Infinity));
}

/** Tokenizers without a maximum state 1e30. */
function lengthAt(object: unknown, key: string): number | undefined {
  const value = property(object, key);
  return typeof value === 'number' && value > 0 && value < 1e9 ? value : undefined;
}

/** The prompt that was asked for, by its name or as it is, else the model's default. */
function promptOf(config: JsonObject | undefined, asked: string | undefined, folder: string): string {
  const prompts = config?.['prompts'];
  const name = asked ?? config?.['default_prompt_name'];
  if (typeof name !== 'string' || name === '') return '';
  const text =
    typeof prompts === 'object' && prompts !== null && Object.hasOwn(prompts, name) ? property(prompts, name) : asked;
  if (typeof text === 'string') return text;
  const problem = `config_sentence_transformers.json of ${folder} names the default prompt ${name} and has no such prompt.`;
  throw new ModelError('no-config', problem, { remedy: 'Give a prompt, or "" for none.' });
}
