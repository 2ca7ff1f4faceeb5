import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHARACTERS = [...' ,.!?:\n0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Text of token ids, special ones left out. */
export const spelled = (ids: readonly number[]): string => ids.map((id) => CHARACTERS[id - 2] ?? '').join('');

/** Settings of a tiny tokenizer beside its characters. */
export interface TinyOptions {
  /** Whether there is a chat template. */
  readonly chat?: boolean;
  /** Pairs of characters that it joins into one token. */
  readonly joins?: readonly string[];
  /** Special tokens beside `<end>`, or with settings of their own. */
  readonly specials?: readonly (string | Readonly<{ content: string; rstrip?: boolean }>)[];
  /** Entries of tokenizer_config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Entries of tokenizer.json, such as `normalizer`. */
  readonly steps?: Readonly<Record<string, unknown>>;
  /** More tokens of the vocabulary, and entries of its model. */
  readonly tokens?: readonly string[];
  readonly model?: Readonly<Record<string, unknown>>;
}

/** A folder with a tokenizer of one token a character, but for pairs that it joins, and, unless told otherwise, a chat template. */
export function tinyTokenizer(options: TinyOptions = {}): string {
  const { chat = true, joins = [], specials = [], config = {}, steps = {}, tokens = [], model = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'mop-tokenizer-'));
  const vocab = Object.fromEntries(
    ['<end>', '<unk>', ...CHARACTERS, ...joins, ...tokens].map((token, id) => [token, id]),
  );
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const tokenizer = {
    version: '1.0',
    added_tokens: [
      { id: 0, content: '<end>', ...special },
      ...specials.map((token, i) => ({
        id: 200 + i,
        ...special,
        ...(typeof token === 'string' ? { content: token } : token),
      })),
    ],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: {
      type: 'BPE',
      vocab,
      merges: joins.map((pair) => [...pair].join(' ')),
      unk_token: '<unk>',
      fuse_unk: false,
      byte_fallback: false,
      ...model,
    },
    ...steps,
  };
  const template = '{% for m in messages %}{{ m.role }}: {{ m.content }}<end>{% endfor %}assistant: ';
  const settings = { eos_token: '<end>', ...(chat ? { chat_template: template } : {}), ...config };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  return folder;
}
