import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHARACTERS = [...' ,.!?:\n0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** A folder with a tokenizer of one token a character, but for pairs that it joins, and, unless told otherwise, a chat template. */
export function tinyTokenizer({ chat = true, joins = [] as readonly string[] } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'mop-tokenizer-'));
  const vocab = Object.fromEntries(['<end>', '<unk>', ...CHARACTERS, ...joins].map((token, id) => [token, id]));
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const tokenizer = {
    version: '1.0',
    added_tokens: [{ id: 0, content: '<end>', ...special }],
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
    },
  };
  const template = '{% for m in messages %}{{ m.role }}: {{ m.content }}<end>{% endfor %}assistant: ';
  const config = { eos_token: '<end>', ...(chat ? { chat_template: template } : {}) };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  return folder;
}
