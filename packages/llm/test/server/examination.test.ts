import { describe, expect, it } from '@jest/globals';
import { openLanguageModel } from '../../src/index.js';
import { logProbabilityOf, type Asked, type FakeServer } from './fake-server.js';
import { open, serve, tokenizer } from './served.js';
import { tinyTokenizer } from './tiny-tokenizer.js';

/** Answers echo in OpenAI's layout, as servers do that tokenize themselves; `shift` moves the numbers as llama-cpp-python does. */
function echoing({ shift = 0, merge = false, offsets: places = true, extra = 0 } = {}) {
  return ({ model, prompt, max_tokens: most, echo = false, logprobs }: Asked, path: string): unknown => {
    if (path !== '/v1/completions') return { detail: 'Not Found' };
    const text = typeof prompt === 'string' ? prompt : '?';
    const written = most > 0 ? [...'Quickly'].slice(0, most) : [];
    const letters = [...text, ...written];
    const log = (i: number): number => logProbabilityOf(letters[i]?.charCodeAt(0) ?? 0, i);
    const tokens = merge ? [letters.slice(0, 8).join(''), ...letters.slice(8)] : letters;
    const first = echo ? 0 : [...text].length;
    const list = tokens.slice(first);
    const values = list.map((_, t) => (first + t === 0 ? null : log(first + t + (echo ? shift : 0))));
    const offsets = list.map((_, t) => list.slice(0, t).join('').length);
    const scored =
      logprobs === undefined
        ? null
        : {
            tokens: list,
            token_logprobs: values,
            top_logprobs: list.map(() => ({})),
            ...(places ? { text_offset: offsets } : {}),
          };
    return {
      model,
      choices: [{ index: 0, text: list.join(''), logprobs: scored, finish_reason: 'length' }],
      usage: { prompt_tokens: letters.length - written.length + extra },
    };
  };
}
/** Declines token ids, as servers that take text alone do. */
const textOnly = ({ prompt }: Asked): 'declines' | undefined => (typeof prompt === 'string' ? undefined : 'declines');

describe('an examination', () => {
  const findings = async (server: FakeServer, options: object = {}): Promise<string[]> => {
    const found = (await (await open(server, options)).check?.('score')) ?? [];
    return found.filter(({ status }) => status === 'failed').map(({ detail }) => detail);
  };
  const textServer = (options: Parameters<typeof echoing>[0]): Promise<FakeServer> =>
    serve({ faultOf: textOnly, answer: echoing(options) });

  it('accepts a server that takes text and echoes it with true numbers', async () => {
    expect(await findings(await textServer({}))).toEqual([]);
  });

  it('tells numbers shifted by one token from true ones, in either direction', async () => {
    for (const shift of [1, -1]) {
      expect(await findings(await textServer({ shift }))).toEqual([
        expect.stringMatching(/shifted by one token .* as llama-cpp-python does; do not fit/),
      ]);
    }
  });

  it('tells a server that gives none', async () => {
    const server = await serve({
      answer: ({ model }) => ({ model, choices: [{ index: 0, text: 'x', logprobs: null }] }),
    });
    expect(await findings(server)).toEqual([
      expect.stringMatching(/gives no log-probabilities of a prompt's own tokens/),
    ]);
  });

  it('tells a server whose bounds at other temperatures are too wide', async () => {
    const server = await textServer({});
    const [detail] = await findings(server, { temperatures: [0.5, 1] });
    expect(detail).toMatch(/gives 1 of 20 log-probabilities a token: .* more than 0.1; ask for more/);
    // As wide as it says, they pass.
    const [low] = /no wider than \[([\d.]+), 1\]/.exec(detail)?.slice(1).map(Number) ?? [];
    expect(await findings(server, { temperatures: [low, 1] })).toEqual([]);
    expect(await findings(server, { temperatures: [low - 0.01, 1] })).toHaveLength(1);
  });

  it('tells a server of another model, and one that is not there', async () => {
    const server = await serve();
    const other = await openLanguageModel(`server:${server.url}#large`, { server: { tokenizer } });
    expect((await other.check?.('score'))?.[0]?.detail).toMatch(/serves tiny and not large; write the name it serves/);
    const gone = await openLanguageModel('server:http://127.0.0.1:9#tiny', { server: { tokenizer, tries: 1 } });
    expect((await gone.check?.('score'))?.[0]).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/could not be reached/) as unknown,
    });
  });

  it('says of a server that takes text alone what that asks of prompts', async () => {
    const found = (await (await open(await textServer({}))).check?.('score')) ?? [];
    expect(found).toContainEqual(
      expect.objectContaining({
        status: 'warning',
        detail: expect.stringMatching(/takes text and no token ids/) as unknown,
      }),
    );
  });

  it('warns of a server that reads a prompt with a token of its own before it writes', async () => {
    for (const [extra, count] of [
      [0, 0],
      [1, 1],
    ]) {
      const found = (await (await open(await textServer({ extra }))).check?.('generate')) ?? [];
      expect(found.filter(({ detail }) => /reads a prompt of 9 tokens, .* as 10: it adds/.test(detail))).toHaveLength(
        count,
      );
    }
  });

  it('refuses a pair whose prompt and completion are joined into one token by the tokenizer, before it is sent', async () => {
    const server = await textServer({});
    const joining = await open(server, { tokenizer: tinyTokenizer({ joins: ['no'] }) });
    const pair = (text: string, completion: string) => ({ prompt: { text }, completion, endOfTurn: false });
    await joining.score([pair('Go on: ', 'yes')]);
    const before = server.asked.length;
    await expect(joining.score([pair('Go on n', 'ow')])).rejects.toMatchObject({
      code: 'joined-tokens',
      message: expect.stringMatching(
        /joins the end of the prompt .* \("Go on n" and "ow"\).* end prompts where a token ends/,
      ),
    });
    expect(server.asked.length).toBe(before);
    const withIds = await serve();
    await (await open(withIds, { tokenizer: tinyTokenizer({ joins: ['no'] }) })).score([pair('Go on n', 'ow')]);
  });

  it('refuses a pair of which the server, telling no places, joins other tokens at the border, as many as here', async () => {
    const joined = echoing({ offsets: false });
    const server = await serve({
      faultOf: textOnly,
      answer: (asked, path) => {
        const answer = joined(asked, path) as { choices: { logprobs: { tokens: string[] } | null }[] };
        const tokens = answer.choices[0]?.logprobs?.tokens;
        // "Go: yes" as "Go" · ": y" · "e" · "s" and an empty token: the count is the same.
        if (tokens !== undefined && asked.prompt === 'Go: yes') tokens.splice(0, 7, 'G', 'o', ':', '', ' y', 'e', 's');
        return answer;
      },
    });
    const model = await open(server);
    await model.score([{ prompt: { text: 'Go! ' }, completion: 'yes', endOfTurn: false }]);
    await expect(
      model.score([{ prompt: { text: 'Go: ' }, completion: 'yes', endOfTurn: false }]),
    ).rejects.toMatchObject({ code: 'tokenizer-mismatch' });
  });

  it('refuses a pair whose prompt and completion the server joins into one token', async () => {
    const server = await textServer({ merge: true });
    await expect(
      (await open(server)).score([{ prompt: { text: 'Go on ' }, completion: 'now then', endOfTurn: false }]),
    ).rejects.toThrow(/cannot score|reads a prompt otherwise/);
  });
});
