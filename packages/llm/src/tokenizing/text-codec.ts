// Two small packages without native code: what transformers.js itself reads tokenizers and chat templates with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFastTokenizer, property } from '@mixture-of-personas/models';
import { readChatTemplate, type ChatTemplate, type TemplateSettings } from './chat-template.js';

/** A token that a tokenizer reads wherever its text stands. */
export interface AddedToken {
  readonly id: number;
  readonly text: string;
  readonly special: boolean;
}

/** Text to ids and back, and chat turns to text, as the files of a tokenizer say. */
export interface TextCodec {
  /** Id of the token that the tokenizer calls the end of a sequence. */
  readonly endOfSequence: number | undefined;
  /** Ids that the tokenizer puts before a text by default: the beginning-of-text token, or none. */
  readonly beginning: readonly number[];
  /** One more than the largest id. */
  readonly vocabulary: number;
  readonly addedTokens: readonly AddedToken[];
  readonly template: ChatTemplate | undefined;
  /** File that the template was read from. */
  readonly templateFile: string | undefined;
  /** Ids without special tokens around them; special tokens in the text are read as such. */
  encode(this: void, text: string): number[];
  decode(this: void, ids: readonly number[], options: { readonly special: boolean }): string;
  tokenId(this: void, token: string): number | undefined;
}

type Config = Readonly<Record<string, unknown>>;

/** Tokens that chat templates name. */
const NAMED_TOKENS = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/**
 * The codec of a folder with tokenizer.json and, as models have them, tokenizer_config.json and chat_template.jinja, which wins over a template in
 * the config.
 * @throws Error when tokenizer.json is missing or is no tokenizer
 */
export async function openTextCodec(folder: string, settings: TemplateSettings = {}): Promise<TextCodec> {
  const textOf = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const json = JSON.parse(await textOf('tokenizer.json')) as Config;
  const config = JSON.parse(await textOf('tokenizer_config.json').catch(() => '{}')) as Config;
  const file = await textOf('chat_template.jinja').catch(() => undefined);
  const source = file ?? templateIn(config);
  const tokenizer = await openFastTokenizer(json, config);
  const encode = (text: string, special = false): number[] =>
    tokenizer.encode(text, { add_special_tokens: special }).ids;
  const end = tokenNamed(config, 'eos_token');
  const named = NAMED_TOKENS.map((name) => [name, tokenNamed(config, name)] as const);
  const tokens = Object.fromEntries(named.flatMap(([name, token]) => (token === undefined ? [] : [[name, token]])));
  const vocabulary = [...tokenizer.get_vocab().values()].reduce((most, id) => Math.max(most, id), -1) + 1;
  return {
    endOfSequence: end === undefined ? undefined : tokenizer.token_to_id(end),
    beginning: beginningOf(config, encode, (token) => tokenizer.token_to_id(token)),
    vocabulary,
    addedTokens: addedTokensIn(json),
    template: source === undefined ? undefined : readChatTemplate(source, tokens, settings),
    templateFile:
      source === undefined ? undefined : file === undefined ? 'tokenizer_config.json' : 'chat_template.jinja',
    encode: (text) => encode(text),
    decode: (ids, { special }) => {
      const known = ids.filter((id) => id < vocabulary); // a model may be able to say ids that its tokenizer has no text for
      if (known.length === 0) return '';
      return tokenizer.decode(known, { skip_special_tokens: !special, clean_up_tokenization_spaces: false });
    },
    tokenId: (token) => tokenizer.token_to_id(token),
  };
}

/** The ids before a text: those of the tokenizer's post-processor, unless `add_bos_token` of the config says otherwise. */
function beginningOf(
  config: Config,
  encode: (text: string, special: boolean) => number[],
  idOf: (token: string) => number | undefined,
): number[] {
  const [plain, whole] = [encode('a', false), encode('a', true)];
  const at = whole.findIndex((_, i) => plain.every((id, j) => whole[i + j] === id));
  const before = whole.slice(0, Math.max(0, at));
  const wanted = config['add_bos_token'];
  if (wanted === false) return [];
  const token = tokenNamed(config, 'bos_token');
  const bos = token === undefined ? undefined : idOf(token);
  return wanted === true && before.length === 0 && bos !== undefined ? [bos] : before;
}

function addedTokensIn(json: Config): AddedToken[] {
  const list: readonly unknown[] = Array.isArray(json['added_tokens']) ? json['added_tokens'] : [];
  return list.flatMap((entry) => {
    const { id, content: text, special } = (entry ?? {}) as Config;
    const isToken = typeof id === 'number' && typeof text === 'string' && text.trim() !== '';
    return isToken ? [{ id, text, special: special === true }] : [];
  });
}

/** The template itself, or the one called `default` of several. */
function templateIn(config: Config): string | undefined {
  const template = config['chat_template'];
  const list: readonly unknown[] = Array.isArray(template) ? template : [{ name: 'default', template }];
  const found = property(
    list.find((each) => property(each, 'name') === 'default'),
    'template',
  );
  return typeof found === 'string' ? found : undefined;
}

/** A token is written as its text, or as an object that has it as `content`. */
function tokenNamed(config: Config, name: string): string | undefined {
  const token = config[name];
  const text = property(token, 'content') ?? token;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
