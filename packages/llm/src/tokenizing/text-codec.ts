// Two small packages without native code: what transformers.js itself reads tokenizers and chat templates with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import * as tokenizers from '@huggingface/tokenizers';
import type { ChatMessage } from '../model/language-model.js';

/** What is used of @huggingface/tokenizers; its own declarations cannot be resolved under nodenext (relative imports without `.js`). */
interface FastTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
  decode(ids: readonly number[], options: { skip_special_tokens: boolean }): string;
  token_to_id(token: string): number | undefined;
  get_vocab(): Map<string, number>;
}
const { Tokenizer } = tokenizers as unknown as { Tokenizer: new (json: object, config: object) => FastTokenizer };

/** Text to ids and back, and chat turns to text, as the files of a tokenizer say. */
export interface TextCodec {
  /** Id of the token that the tokenizer calls the end of a sequence. */
  readonly endOfSequence: number | undefined;
  /** One more than the largest id. */
  readonly vocabulary: number;
  /** Chat turns with the opening of the assistant's after them; undefined when there is no chat template. */
  readonly render: ((messages: readonly ChatMessage[]) => string) | undefined;
  /** Ids without special tokens around them; special tokens in the text are read as such. */
  encode(text: string): number[];
  decode(ids: readonly number[], options: { readonly special: boolean }): string;
}

type Config = Readonly<Record<string, unknown>>;

/** Tokens that chat templates name. */
const NAMED_TOKENS = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/**
 * The codec of a folder with tokenizer.json and, as models have them, tokenizer_config.json and chat_template.jinja.
 * @throws Error when tokenizer.json is missing or is no tokenizer
 */
export async function openTextCodec(folder: string): Promise<TextCodec> {
  const json = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')) as object;
  const config = JSON.parse((await optional(join(folder, 'tokenizer_config.json'))) ?? '{}') as Config;
  const template = templateIn(config) ?? (await optional(join(folder, 'chat_template.jinja')));
  const tokenizer = new Tokenizer(json, config);
  const end = tokenNamed(config, 'eos_token');
  return {
    endOfSequence: end === undefined ? undefined : tokenizer.token_to_id(end),
    vocabulary: [...tokenizer.get_vocab().values()].reduce((most, id) => Math.max(most, id), -1) + 1,
    render: template === undefined ? undefined : renderer(template, config),
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: (ids, { special }) => tokenizer.decode(ids, { skip_special_tokens: !special }),
  };
}

/** Characters of a template at most, twice as many as the longest in use: the time to read one grows with the square of the spaces in a row. */
const LONGEST_TEMPLATE = 2 ** 15;
/** Numbers that a template may count over in one rendering: those in use count messages, and one that counts to a billion ends the process. */
const MOST_COUNTED = 100_000;

function renderer(source: string, config: Config): (messages: readonly ChatMessage[]) => string {
  if (source.length > LONGEST_TEMPLATE) throw new RangeError(`a chat template of ${source.length} characters`);
  // `range` cannot be given as a variable, being one already. A line end after a block is dropped, so one that was there is written twice.
  const template = new Template(`{% set range = counted_range %}${source.startsWith('\n') ? '\n' : ''}${source}`);
  const names = NAMED_TOKENS.map((name) => [name, tokenNamed(config, name)] as const);
  const tokens = Object.fromEntries(names.filter(([, token]) => token !== undefined));
  return (messages) => {
    const turns = messages.map(({ role, content }) => ({ role, content }));
    const given = { messages: turns, add_generation_prompt: true, tools: null, documents: null };
    return template.render({ ...given, counted_range: rangeWithin(MOST_COUNTED), ...tokens });
  };
}

/** Python's `range` as lists that hold so many numbers together, at most. */
function rangeWithin(most: number): (start: number, stop?: number, step?: number) => number[] {
  let left = most;
  return (start, stop, step = 1) => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const count = Math.max(0, Math.ceil((to - from) / step));
    left -= count;
    if (!(left >= 0)) throw new RangeError(`it counts over more than ${most} numbers`);
    return Array.from({ length: count }, (_, i) => from + i * step);
  };
}

/** The template itself, or the one called `default` of several. */
function templateIn(config: Config): string | undefined {
  const template = config['chat_template'];
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const list = template as readonly { readonly name?: unknown; readonly template?: unknown }[];
  const found = list.find(({ name }) => name === 'default')?.template;
  return typeof found === 'string' ? found : undefined;
}

/** A token is written as its text, or as an object that has it as `content`. */
function tokenNamed(config: Config, name: string): string | undefined {
  const token = config[name];
  const text = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

async function optional(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
