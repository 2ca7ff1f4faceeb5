import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Fault } from '@mixture-of-personas/models';
import { Endpoint } from '../../src/server/transport/endpoint.js';
import { EndpointPool } from '../../src/server/transport/endpoint-pool.js';
import { serverSettings } from '../../src/server/transport/server-options.js';

// Time is virtual here: it passes when nothing else is left to do, so that what is measured does not depend on the machine.
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A server that works on `slots` requests at a time, each for `service` milliseconds; `up` says whether it does anything at all. */
interface Machine {
  readonly slots: number;
  readonly service: number;
  readonly up: () => boolean;
}
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function simulation(machines: readonly Machine[], options: object = {}) {
  const notices: string[] = [];
  const queues = machines.map((): { busy: number; waiting: (() => void)[] } => ({ busy: 0, waiting: [] }));
  const of = (url: string): number => Number(url.at(-4)); // http://N/v1
  /** Answers `/v1/models`, or is silent for ever. */
  const fetch = (url: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<Response> =>
    machines[of(String(url).replace('/models', ''))].up()
      ? Promise.resolve(new Response('{"data": [{"id": "tiny", "max_model_len": 99}]}'))
      : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  const settings = serverSettings({
    fetch: fetch as typeof globalThis.fetch,
    onNotice: (sentence) => notices.push(sentence),
    ...options,
  });
  const endpoints = machines.map((_, i) => new Endpoint(`http://${i}/v1`, 1, settings.concurrency));
  const pool = new EndpointPool(endpoints, settings);
  const sent: number[] = [];
  let faults = 0;
  const work = async (url: string, signal: AbortSignal | undefined): Promise<void> => {
    const { slots, service, up } = machines[of(url)];
    const silent = (): Promise<never> =>
      new Promise((_, reject) => {
        const end = (): void => reject(signal?.reason as Error);
        if (signal?.aborted === true) end();
        signal?.addEventListener('abort', end, { once: true });
      });
    if (!up()) return silent();
    const queue = queues[of(url)];
    if (queue.busy >= slots) await new Promise<void>((resolve) => queue.waiting.push(resolve));
    queue.busy += 1;
    await sleep(service);
    queue.busy -= 1;
    queue.waiting.shift()?.();
    return up() ? undefined : silent();
  };
  const run = (index: number): Promise<void> =>
    pool.run(async ({ url }, signal) => {
      sent[index] = (sent[index] ?? 0) + 1;
      await work(url, signal).catch((error: unknown) => {
        faults += 1;
        throw error;
      });
    }, {});
  /** Sends `count` requests as the engine does, twice as many at a time as may be in flight. */
  const all = async (count: number): Promise<{ seconds: number; error?: Error }> => {
    const started = performance.now();
    let next = 0;
    const runner = async (): Promise<void> => {
      while (next < count) await run(next++);
    };
    const over = Promise.all(Array.from({ length: Math.min(count, 2 * pool.capacity) }, runner)).then(
      () => undefined,
      (error: Error) => error,
    );
    let ended = false;
    void over.finally(() => (ended = true));
    while (!ended) await jest.advanceTimersByTimeAsync(5);
    const error = await over;
    return { seconds: (performance.now() - started) / 1000, ...(error === undefined ? {} : { error }) };
  };
  return { all, notices, pool, sent, faults: () => faults };
}

const FAST = { slots: 32, service: 400, up: () => true };
const SLOW = { slots: 8, service: 800, up: () => true };
const DEAD = { ...FAST, up: () => false };

describe('10,000 requests', () => {
  it('take at most 1.3 times the share of two servers, one of them slow, beside a third that is dead; none is sent twice but for a fault', async () => {
    const { all, sent, notices, faults } = simulation([FAST, DEAD, SLOW]);
    const { seconds, error } = await all(10_000);
    const share = 10_000 / ((FAST.slots / FAST.service + SLOW.slots / SLOW.service) * 1000);
    process.stderr.write(
      `10,000 requests, one server dead and one slow: ${seconds.toFixed(1)} s of virtual time, ${(seconds / share).toFixed(3)} times the share of the two\n`,
    );
    expect(error).toBeUndefined();
    expect(seconds / share).toBeLessThan(1.3);
    expect(sent).toHaveLength(10_000);
    expect(sent.reduce((sum, times) => sum + times, 0)).toBe(10_000 + faults());
    expect(faults()).toBeGreaterThan(0);
    expect(notices).toEqual([
      'The server http://1/v1 gave no answer for 30 s; the others take its share until it answers.',
    ]);
  });

  it('take little more than half as long on two servers as on one', async () => {
    const { seconds: one } = await simulation([FAST]).all(10_000);
    const { seconds: two } = await simulation([FAST, FAST]).all(10_000);
    expect(one / two).toBeGreaterThan(1.9);
  });

  it('go on when a server dies under way, within a minute, and use it again when it is back', async () => {
    let at = 0;
    const dies = { ...FAST, up: () => !(performance.now() - at > 20_000 && performance.now() - at < 80_000) };
    const { all, notices, sent, faults } = simulation([FAST, dies]);
    at = performance.now();
    const { error } = await all(20_000);
    expect(error).toBeUndefined();
    expect(sent.reduce((sum, times) => sum + times, 0)).toBe(20_000 + faults());
    expect(notices).toEqual([
      'The server http://1/v1 gave no answer for 30 s; the others take its share until it answers.',
      'The server http://1/v1 answers again.',
    ]);
  });
});

describe('servers that are all dead', () => {
  it('are noticed within a minute, waited for as long as is said, and then end the work in one sentence', async () => {
    const { all, notices } = simulation([DEAD, DEAD]);
    const { seconds, error } = await all(200);
    expect(notices.at(-1)).toBe('No server answers; waiting up to 10 min for one.');
    expect(error?.message).toMatch(
      /^No server answered for 10 min \(http:\/\/0\/v1 gave no answer for 30 s; .*\); what was answered before is kept. Start one, and run the same command again.$/,
    );
    expect(seconds).toBeLessThan(60 + 600);
  });

  it('are waited for, and lose nothing when one returns', async () => {
    let at = 0;
    const away = { ...FAST, up: () => performance.now() - at > 200_000 };
    const { all, sent } = simulation([away]);
    at = performance.now();
    const { error } = await all(200);
    expect(error).toBeUndefined();
    expect(sent).toHaveLength(200);
  });
});

describe('few requests', () => {
  it('are shared between servers that answered many before', async () => {
    const { all, pool } = simulation([FAST, FAST]);
    await all(2000);
    const most = [0, 0];
    const look = setInterval(
      () => pool.endpoints.forEach(({ inFlight }, i) => (most[i] = Math.max(most[i], inFlight))),
      5,
    );
    await all(12);
    clearInterval(look);
    expect(most).toEqual([6, 6]);
  });
});

describe('requests that wait', () => {
  it('listen each to a signal of their own, not all to the one that stops them', async () => {
    const { pool } = simulation([FAST]);
    const stop = new AbortController();
    const waiting = Promise.allSettled(
      Array.from({ length: 40 }, () => pool.run(() => sleep(1000), { stop: stop.signal })),
    );
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    stop.abort(new Error('Stopped.'));
    expect((await waiting).filter(({ status }) => status === 'rejected')).toHaveLength(40);
  });
});

describe('a server', () => {
  it('that is refused by its examination is not used, and that is said once', async () => {
    let at = 0;
    const away = { ...FAST, up: () => performance.now() - at > 30_000 };
    const { all, pool, notices } = simulation([FAST, away]);
    pool.health.admit = () => Promise.reject(new Error('It serves another model.'));
    at = performance.now();
    pool.health.lose(pool.endpoints[1], new Fault('down', 'could not be reached (ECONNREFUSED)'));
    await all(10_000);
    expect(notices).toEqual([
      'The server http://1/v1 could not be reached (ECONNREFUSED); the others take its share until it answers.',
      'The server http://1/v1 answers again but is not used. Error: It serves another model.',
    ]);
  });
});
