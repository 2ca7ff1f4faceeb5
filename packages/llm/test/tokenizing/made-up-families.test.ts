// Small templates and tokenizers made up in the manner of families that have no golden values here.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { TemplateSettings } from '../../src/tokenizing/chat-template.js';
import { openTokenizer, type Tokenizer } from '../../src/tokenizing/tokenizer.js';
import { tinyTokenizer, type TinyOptions } from '../server/tiny-tokenizer.js';

const SPECIALS = ['<s>', '<|user|>', '<|assistant|>', '<|system|>', '<|close|>'];
const CONFIG = { bos_token: '<s>' };

interface MadeUp extends TinyOptions {
  readonly ends?: readonly number[];
  readonly settings?: TemplateSettings;
}
function open(template: string | undefined, { ends = [], settings = {}, ...rest }: MadeUp = {}): Promise<Tokenizer> {
  const path = tinyTokenizer({ chat: false, specials: SPECIALS, config: CONFIG, ...rest });
  if (template !== undefined) writeFileSync(join(path, 'chat_template.jinja'), template);
  return openTokenizer({ path, endTokens: ends }, settings);
}
/** A turn `<|role|>\nCONTENT` and what closes it. */
const turns = (close: string, more = ''): string =>
  `{% for m in messages %}{{ '<|' + m.role + '|>' + '\n' + m.content }}${close}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}${more}{% endif %}`;
const user = { role: 'user', content: 'Hi' } as const;
const system = { role: 'system', content: 'Be brief' } as const;
const said = { role: 'assistant', content: 'Yes' } as const;

describe('the end of a turn', () => {
  const closed = "{{ '<|close|>\n' }}";
  it.each([
    [
      'the token after the answer, not the eos that ends the text (Phi-3)',
      `${turns(closed)}{% if not add_generation_prompt %}<end>{% endif %}`,
      '<|close|>',
    ],
    ['eos where the template writes it (StableLM, OLMo)', turns('{{ eos_token }}'), '<end>'],
    [
      'eos where only the last turn is open (Tulu)',
      turns("{% if m.role == 'assistant' %}{% if not loop.last %}<end>{% else %}{{ eos_token }}{% endif %}{% endif %}"),
      '<end>',
    ],
    [
      'the closing token where a system turn is put in by the template (Qwen 2.5)',
      `<|system|>You<|close|>\n${turns(closed)}`,
      '<|close|>',
    ],
    ['the token after white space and line ends', turns("{{ ' \n<|close|>' }}"), '<|close|>'],
    ['the same where the answer is always opened, asked or not', `${turns(closed)}<|assistant|>`, '<|close|>'],
  ])('is %s', async (_, template, end) => {
    const { prompting, endTokens, endOfTurn } = await open(template);
    expect([prompting.endOfTurn.text, prompting.endOfTurn.from, endTokens.has(endOfTurn)]).toEqual([
      end,
      'template',
      true,
    ]);
    expect(endTokens.has(0)).toBe(true); // the tokenizer's own end stops generation as well
  });

  it.each([
    ['closes turns with none (Falcon)', "{% for m in messages %}{{ m.role + ': ' + m.content + '\n\n' }}{% endfor %}"],
    ['opens the next turn alone', turns('')],
    [
      'refuses an answer',
      "{% for m in messages %}{% if m.role != 'user' %}{{ raise_exception('no') }}{% endif %}{{ m.content }}{% endfor %}",
    ],
  ])("is the tokenizer's eos, and so said, where the template %s", async (_, template) => {
    expect((await open(template)).prompting.endOfTurn).toEqual({ id: 0, text: '<end>', from: 'tokenizer' });
    expect((await open(template, { ends: [204] })).prompting.endOfTurn).toMatchObject({ id: 204, from: 'config' });
  });

  it("is the token that opens the user's turn where the configs say that it stops generation (GLM)", async () => {
    const { prompting } = await open(turns(''), { ends: [0, 201] });
    expect(prompting.endOfTurn).toEqual({ id: 201, text: '<|user|>', from: 'template' });
  });
});

describe('a chat template', () => {
  const strict = `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${turns('<|close|>')}`;
  const deaf = `{% for m in messages if m.role != 'system' %}{{ '<|' + m.role + '|>' + m.content + '<|close|>' }}{% endfor %}`;
  it.each([
    ['refuses', strict],
    ['ignores', deaf],
  ])("that %s a system turn gets its text before the first user's", async (_, template) => {
    const tokenizer = await open(template);
    expect(tokenizer.prompting.foldsSystem).toBe(true);
    const folded = tokenizer.renderPrompt({ messages: [system, user, said, user] });
    expect(folded).toBe(
      tokenizer.renderPrompt({ messages: [{ role: 'user', content: 'Be brief\n\nHi' }, said, user] }),
    );
    expect(() => tokenizer.renderPrompt({ messages: [system] })).toThrow(/no user turn follows/);
  });

  it('that takes a system turn gets it as it is, and one that leaves text out is refused', async () => {
    expect((await open(turns('<|close|>'))).prompting.foldsSystem).toBe(false);
    const last = await open('{{ messages[-1].content }}');
    expect(() => last.renderPrompt({ messages: [user, said, { ...user, content: 'Next' }] })).toThrow(
      /leaves out the text of a user turn/,
    );
  });

  it('beside tokenizer_config.json wins over the one in it', async () => {
    const config = { ...CONFIG, chat_template: 'old {{ messages[0].content }}' };
    const both = await open('new {{ messages[0].content }}', { config });
    expect([both.renderPrompt({ messages: [user] }), both.prompting.template]).toEqual([
      'new Hi',
      'chat_template.jinja',
    ]);
    const named = await open(undefined, {
      config: {
        chat_template: [
          { name: 'tool_use', template: 'x' },
          { name: 'default', template: 'd {{ messages[0].content }}' },
        ],
      },
    });
    expect([named.renderPrompt({ messages: [user] }), named.prompting.template]).toEqual([
      'd Hi',
      'tokenizer_config.json',
    ]);
  });

  it('that thinks is told not to, unless its variable is set', async () => {
    const template = turns(
      '<|close|>',
      "{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\n\n</think>\n\n' }}{% endif %}",
    );
    const { prompting, renderPrompt } = await bound(template);
    expect(prompting.variables).toEqual({ enable_thinking: false });
    expect(renderPrompt()).toContain('</think>');
    const thinking = await bound(template, { templateVariables: { enable_thinking: true } });
    expect([thinking.prompting.variables, thinking.renderPrompt().includes('</think>')]).toEqual([
      { enable_thinking: true },
      false,
    ]);
  });

  it.each([
    [
      'its own fallback',
      "{% if not date_string is defined %}{% if strftime_now is defined %}{% set date_string = strftime_now('%d %b %Y') %}{% else %}{% set date_string = '26 Jul 2024' %}{% endif %}{% endif %}{{ date_string }}",
      '26 Jul 2024',
      { date_string: '26 Jul 2024' },
    ],
    [
      'its own fallback under another name',
      "{% if strftime_now is defined %}{% set today = strftime_now('%Y') %}{% else %}{% set today = 'some day' %}{% endif %}{{ today }}",
      'some day',
      {},
    ],
    [
      'a fixed day where it has none',
      "{{ strftime_now('%A %-d %B %Y, %H:%M') }}",
      'Friday 26 July 2024, 00:00',
      { strftime_now: '2024-07-26' },
    ],
  ])('that prints the date prints %s, or the one that is set', async (_, template, expected, variables) => {
    const whole = `${template} {{ messages[0].content }}`;
    const fixed = await bound(whole);
    expect([fixed.renderPrompt(), fixed.prompting.variables]).toEqual([`${expected} Hi`, variables]);
    const set = await bound(whole, { date: '2031-02-03' });
    expect(set.renderPrompt()).toContain('2031');
    expect(JSON.stringify(set.prompting.variables)).toContain('2031');
    await expect(bound(whole, { date: '3 Feb' })).rejects.toMatchObject({ code: 'prompt' });
  });
});

async function bound(
  template: string,
  settings: TemplateSettings = {},
): Promise<Pick<Tokenizer, 'prompting'> & { renderPrompt: () => string }> {
  const tokenizer = await open(template, { settings });
  return { prompting: tokenizer.prompting, renderPrompt: () => tokenizer.renderPrompt({ messages: [user] }) };
}

const POST = (...parts: object[]): object => ({
  type: 'TemplateProcessing',
  single: parts,
  pair: [],
  special_tokens: { '<s>': { id: '<s>', ids: [200], tokens: ['<s>'] } },
});
const BOS = POST({ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } });
const NO_BOS = POST({ Sequence: { id: 'A', type_id: 0 } });

describe('the beginning of a text', () => {
  it.each([
    ['added where the post-processor adds it', { steps: { post_processor: BOS } }, 'ab', [200]],
    ['not added again where the text has it', { steps: { post_processor: BOS } }, '<s>ab', [200]],
    ['added where the config says so', { config: { ...CONFIG, add_bos_token: true } }, 'ab', [200]],
    [
      'left out where the config says so',
      { steps: { post_processor: BOS }, config: { ...CONFIG, add_bos_token: false } },
      'ab',
      [],
    ],
    ['left out where nothing adds it', { steps: { post_processor: NO_BOS } }, 'ab', []],
  ])('is %s', async (_, options, text, before) => {
    const tokenizer = await open(turns('<|close|>'), options);
    expect([...tokenizer.encodePrompt({ text })]).toEqual([...before, ...tokenizer.encode('ab')]);
  });

  it('is what the template writes in a chat, once', async () => {
    const tokenizer = await open(`{{ bos_token }}${turns('<|close|>')}`, { steps: { post_processor: BOS } });
    expect([...tokenizer.encodePrompt({ messages: [user] })].filter((id) => id === 200)).toEqual([200]);
    expect(tokenizer.withoutBeginning('<s>x')).toBe('x');
  });
});

describe('a completion', () => {
  const ids = async (prompt: string, completion: string, options: MadeUp = {}): Promise<string[]> => {
    const tokenizer = await open(undefined, options);
    const prepared = tokenizer.prepare({ text: prompt });
    return [...tokenizer.encodeCompletion(prepared, completion, false)].map((id) => tokenizer.decodeAll([id]));
  };
  const sentencePiece: MadeUp = {
    tokens: ['\u2581', '\u2581y', '<0x0A>', '<0xC3>', '<0xA9>'],
    model: { byte_fallback: true, fuse_unk: true, merges: ['\u2581 y'] },
    steps: {
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '\u2581' },
          { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
        ],
      },
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
          { type: 'Strip', content: ' ', start: 1, stop: 0 },
        ],
      },
    },
  };

  it('has no prefix space that its text has not, and its own space where it has', async () => {
    const tokenizer = await open(undefined, sentencePiece);
    const prompt = tokenizer.prepare({ text: 'Say' });
    const space = tokenizer.encode('')[0] ?? tokenizer.encode(' y')[0];
    const [bare, spaced] = ['yes', ' yes'].map((text) => [...tokenizer.encodeCompletion(prompt, text, false)]);
    expect([bare.length, bare.includes(space)]).toEqual([3, false]);
    expect([spaced.length, tokenizer.decodeAll([...prompt.ids, ...spaced])]).toEqual([3, 'Say yes']);
  });

  it('has the prefix space that the tokenizer puts after a special token, as in transformers (Phi-3)', async () => {
    const specials = [...SPECIALS.slice(0, 4), { content: '<|close|>', rstrip: true }];
    const tokenizer = await open(undefined, { ...sentencePiece, specials });
    const prompt = tokenizer.prepare({ text: 'Say<|close|>\n' });
    const [together, after] = [
      [...tokenizer.encode('Say<|close|>\nyes')],
      [...tokenizer.encodeCompletion(prompt, 'yes', false)],
    ];
    expect([...prompt.ids, ...after]).toEqual(together);
    expect(tokenizer.decodeAll(together)).toBe('Say<|close|> yes');
  });

  it('of characters that are no tokens is their bytes', async () => {
    const tokenizer = await open(undefined, sentencePiece);
    const prompt = tokenizer.prepare({ text: 'Say' });
    const after = [...tokenizer.encodeCompletion(prompt, '\u00e9', false)];
    expect([after.length, tokenizer.decodeAll([...prompt.ids, ...after])]).toEqual([2, 'Say\u00e9']);
  });

  it('is cut where its prompt ends, and tokenized alone where a token spans the border', async () => {
    expect(await ids('ab', 'cd', { joins: ['bc', 'cd'] })).toEqual(['cd']);
    expect(await ids('ab', 'cd', { joins: ['bc'] })).toEqual(['c', 'd']);
  });

  it('keeps white space that a special token before it takes away', async () => {
    const specials = [...SPECIALS.slice(0, 4), { content: '<|close|>', rstrip: true }];
    expect((await ids('ab<|close|>', ' cd', { specials })).join('')).toBe(' cd');
  });

  it('is refused where no tokens stand for it', async () => {
    // No text may begin a line here, so a completion cannot be told from the prompt it joins.
    const steps = { normalizer: { type: 'Replace', pattern: { Regex: '^c|\\nc' }, content: 'x' } };
    await expect(ids('ab', 'cd', { steps, joins: ['bc'] })).rejects.toMatchObject({ code: 'joined-tokens' });
  });
});
