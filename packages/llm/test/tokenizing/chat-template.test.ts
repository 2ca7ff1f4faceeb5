import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openTokenizer } from '../../src/tokenizing/tokenizer.js';
import { tinyTokenizer } from '../server/tiny-tokenizer.js';

/** One user's turn, rendered by a template. */
async function rendered(template: string): Promise<string> {
  const path = tinyTokenizer({ chat: false });
  writeFileSync(join(path, 'chat_template.jinja'), template);
  const tokenizer = await openTokenizer({ path, endTokens: [] });
  return tokenizer.renderPrompt({ messages: [{ role: 'user', content: 'Hi' }] });
}

describe('a chat template', () => {
  it('counts as Python does, and keeps the line end that it begins with', async () => {
    const count = (range: string): string => `{% for i in range(${range}) %}{{ i }} {% endfor %}`;
    expect(
      await rendered(`\n${count('3')}${count('2, 8, 3')}${count('3, 0, -1')}${count('5, 2')}{{ messages[0].content }}`),
    ).toBe('\n0 1 2 2 5 3 2 1 Hi');
    expect(await rendered('{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}')).toBe('user: Hi');
  });

  it('of more than 32,768 characters is not read', async () => {
    await expect(rendered(`a${' '.repeat(2 ** 20)}b`)).rejects.toMatchObject({ code: 'no-tokenizer' });
  });

  it.each([
    ['refuses the messages', "{{ raise_exception('System role not supported') }}", /System role not supported/],
    ['names a filter that there is none of', '{{ messages | nonsense }}', /nonsense/],
    ['counts to a billion', '{% for i in range(1000000000) %}a{% endfor %}', /counts over more than 100000 numbers/],
    [
      'counts to a thousand a thousand times',
      '{% for i in range(1000) %}{% for j in range(1000) %}a{% endfor %}{% endfor %}',
      /counts over more than 100000 numbers/,
    ],
    ['never arrives', '{% for i in range(0, 5, 0) %}a{% endfor %}', /counts over more/],
  ])('that %s is refused in one sentence', async (_, template, reason) => {
    await expect(rendered(template)).rejects.toMatchObject({
      code: 'prompt',
      message: expect.stringMatching(reason) as unknown,
    });
  });
});
