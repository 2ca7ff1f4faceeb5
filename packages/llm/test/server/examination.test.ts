import { describe, expect, it } from '@jest/globals';
import { openLanguageModel, type ScoreRequest } from '../../src/index.js';
import { logProbabilityOf, type Asked, type FakeServer } from './fake-server.js';
import { open, serve, tokenizer } from './served.js';
import { spelled, tinyTokenizer } from './tiny-tokenizer.js';

/** Answers echo in OpenAI's layout; `shift` moves the numbers as llama-cpp-python does, `extra` tokens are read before every prompt. */
function echoing({ shift = 0, extra = 0 } = {}) {
  return ({ model, prompt, max_tokens: most, echo = false, logprobs }: Asked, path: string): unknown => {
    if (path !== '/v1/completions') return { detail: 'Not Found' };
    const ids = typeof prompt === 'string' ? [...prompt].map(() => 5) : prompt;
    const written = [...ids, ...[30, 31, 32, 33, 34, 35, 36, 37].slice(0, most)];
    const first = echo ? 0 : ids.length;
    const list = written.slice(first);
    const values = list.map((_, t) => {
      const at = first + t + (echo ? shift : 0);
      return first + t === 0 ? null : logProbabilityOf(written[at] ?? 0, at);
    });
    const scored = {
      tokens: list.map((id) => `token_id:${id}`),
      token_logprobs: values,
      top_logprobs: list.map(() => ({})),
    };
    return {
      model,
      choices: [
        {
          index: 0,
          text: spelled(written.slice(ids.length)),
          logprobs: logprobs === undefined ? null : scored,
          finish_reason: 'length',
        },
      ],
      usage: { prompt_tokens: ids.length + extra },
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
  const echoServer = (options: Parameters<typeof echoing>[0]): Promise<FakeServer> =>
    serve({ answer: echoing(options) });

  it('accepts a server that echoes ids with true numbers', async () => {
    expect(await findings(await echoServer({}))).toEqual([]);
  });

  it('tells numbers shifted by one token from true ones, in either direction', async () => {
    for (const shift of [1, -1]) {
      expect(await findings(await echoServer({ shift }))).toEqual([
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

  it('tells a server whose bounds at other temperatures are wide, by the pairs that will be scored, and refuses one that tells nothing', async () => {
    const server = await echoServer({});
    const [detail] = await findings(server, { temperatures: [0.5, 1] });
    expect(detail).toMatch(
      /gives 1 of 20 log-probabilities a token: .* 2 of 2 pairs are wider than maxWidth 0.1: .*; ask for more/,
    );
    // As wide as it says, they pass.
    const [low] = /no wider than \[([\d.]+), 1\]/.exec(detail)?.slice(1).map(Number) ?? [];
    const wide = async (least: number, pairs: readonly ScoreRequest[] = []): Promise<string> => {
      const model = await open(server, { temperatures: [least, 1] });
      return ((await model.check?.('score', undefined, pairs)) ?? []).map(({ detail: found }) => found).join();
    };
    expect(await wide(low)).not.toMatch(/wider than/);
    expect(await wide(low - 0.01)).toMatch(/wider than/);
    const real = { prompt: { text: 'Go: ' }, completion: 'yes, and now, again, with more' };
    expect(await wide(low - 0.01, [real])).toMatch(/1 of 1 pairs/);
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

  it('warns of a server that reads a prompt with a token of its own before it writes', async () => {
    for (const [extra, count] of [
      [0, 0],
      [1, 1],
    ]) {
      const texts = await serve({ faultOf: textOnly, answer: echoing({ extra }) });
      const found = (await (await open(texts)).check?.('generate')) ?? [];
      expect(found.filter(({ detail }) => /reads a prompt of 9 tokens, .* as 10: it adds/.test(detail))).toHaveLength(
        count,
      );
    }
  });

  it('allows one server of several to be away, and not all of them', async () => {
    const server = await serve({ answer: echoing() });
    const [away, other] = ['http://127.0.0.1:9', 'http://127.0.0.1:10'];
    const opening = (urls: readonly string[]) =>
      openLanguageModel(`server:${urls.join(',')}#tiny`, {
        server: { tokenizer, temperatures: 'fixed', tries: 1, retryDelay: 5 },
      });
    const model = await opening([away, server.url]);
    const found = (await model.check?.('score')) ?? [];
    expect(found.map(({ status }) => status)).toEqual(['warning', 'ok', 'ok', 'ok', 'warning']);
    expect(found[0].detail).toMatch(/could not be reached .*; check the URL/);
    expect(await model.score([{ prompt: { text: 'Go ' }, completion: 'on' }])).toHaveLength(1);
    const none = (await (await opening([away, other])).check?.('score')) ?? [];
    expect(none.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });
});

describe('a tokenizer that adds a beginning-of-text token', () => {
  it('gives it to texts that are scored, to texts that are continued, and to what the examination writes', async () => {
    const server = await serve({ answer: echoing() });
    const post = {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [200], tokens: ['<s>'] } },
    };
    const begins = tinyTokenizer({ specials: ['<s>'], steps: { post_processor: post } });
    const model = await open(server, { tokenizer: begins });
    expect((await model.check?.('score'))?.filter(({ status }) => status === 'failed')).toEqual([]);
    await model.score([{ prompt: { text: 'Go ' }, completion: 'on' }]);
    for await (const text of model.generate([
      { prompt: { text: 'Go ' }, temperature: 1, maxTokens: 2, seed: 1, row: 0 },
    ]))
      void text;
    const prompts = server.asked.map(({ prompt }) => prompt).filter((prompt) => Array.isArray(prompt));
    expect(prompts.length).toBeGreaterThan(5);
    for (const prompt of prompts) expect(prompt[0]).toBe(200);
  });
});
