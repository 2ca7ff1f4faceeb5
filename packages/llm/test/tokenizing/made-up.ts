import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateSettings } from '../../src/tokenizing/chat-template.js';
import { openTokenizer, type Tokenizer } from '../../src/tokenizing/tokenizer.js';
import { tinyTokenizer, type TinyOptions } from '../server/tiny-tokenizer.js';

/** Special tokens of a made-up tokenizer, ids from 200 on. */
export const SPECIALS = ['<s>', '<|user|>', '<|assistant|>', '<|system|>', '<|close|>'];
export const CONFIG = { bos_token: '<s>' };

/** Parts of a made-up family. */
export interface MadeUp extends TinyOptions {
  readonly ends?: readonly number[];
  readonly settings?: TemplateSettings;
}
/** A tokenizer with a template in chat_template.jinja. */
export function open(
  template: string | undefined,
  { ends = [], settings = {}, ...rest }: MadeUp = {},
): Promise<Tokenizer> {
  const path = tinyTokenizer({ chat: false, specials: SPECIALS, config: CONFIG, ...rest });
  if (template !== undefined) writeFileSync(join(path, 'chat_template.jinja'), template);
  return openTokenizer({ path, endTokens: ends }, settings);
}
/** A turn `<|role|>\nCONTENT` and what closes it. */
export const turns = (close: string, more = ''): string =>
  `{% for m in messages %}{{ '<|' + m.role + '|>' + '\n' + m.content }}${close}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}${more}{% endif %}`;
