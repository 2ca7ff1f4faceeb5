// Small templates and tokenizers made up in the manner of families that have no golden values here.
import { describe, expect, it } from '@jest/globals';
import type { TemplateSettings } from '../../src/tokenizing/chat-template.js';
import type { Tokenizer } from '../../src/tokenizing/tokenizer.js';
import { CONFIG, open, turns } from './made-up.js';

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
