import { describe, expect, it } from '@jest/globals';
import { exchangeWithRetries } from '../../src/index.js';

/** Asks a server that gives these answers one after the other. */
async function ask(...answers: (() => Response)[]) {
  const waits: number[] = [];
  let sent = 0;
  const result = exchangeWithRetries(
    { url: 'http://server/v1/x', body: {} },
    {
      deadline: 1000,
      headers: {},
      secret: 'top-secret',
      fetch: () => Promise.resolve(answers[Math.min(sent++, answers.length - 1)]()),
      sleep: (milliseconds) => Promise.resolve(waits.push(milliseconds)),
    },
  );
  const outcome: unknown = await result.catch((error: unknown) => error);
  return { outcome, waits, sent };
}

describe('exchangeWithRetries', () => {
  it('waits longer after each fault, and as long as retry-after asks', async () => {
    const busy = (): Response => new Response('busy', { status: 503, headers: { 'retry-after': '99' } });
    const broken = (): Response => new Response('oops', { status: 500 });
    const { outcome, waits } = await ask(broken, broken, busy, () => Response.json({ ok: true }));
    expect(outcome).toEqual({ ok: true });
    expect(waits).toEqual([500, 1000, 30_000]);
  });
  it('gives up after five tries', async () => {
    const { outcome, sent } = await ask(() => new Response('oops', { status: 500 }));
    expect(sent).toBe(5);
    expect(outcome).toMatchObject({ code: 'server', message: expect.stringContaining('answered 500 (oops), 5 times') });
  });
  it('does not repeat what was declined, and shows no key', async () => {
    const { outcome, sent } = await ask(() => new Response('no key top-secret here', { status: 401 }));
    expect(sent).toBe(1);
    expect(outcome).toMatchObject({
      message: expect.stringContaining('refused the request with 401: no key [key] here'),
    });
  });
});
