import { describe, expect, it } from '@jest/globals';
import { randomFor } from '@mixture-of-personas/numeric';
import { openLanguageModel, type LanguageModel } from '../../src/index.js';
import { fakeServer, type FakeServer } from './fake-server.js';
import { FAULTS, type Fault } from './faults.js';
import { tinyTokenizer } from './tiny-tokenizer.js';

const tokenizer = tinyTokenizer();
const requests = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    prompt: { text: `Number ${i}, a question: ` },
    completion: `answer ${i % 7}`,
  }));
const open = (servers: readonly FakeServer[], options: object = {}): Promise<LanguageModel> =>
  openLanguageModel(`server:${servers.map(({ url }) => url).join(',')}#tiny`, {
    server: { tokenizer, temperatures: 'fixed', retryDelay: 50, deadline: 3000, ...options },
  });
const isTest = (prompt: readonly number[] | string): boolean => prompt.length > 20;

describe('a thousand requests of which every fifth sending fails at random', () => {
  it('give the scores of a fault-free run, each sent once and once more for each of its faults, within 1.5 times the faults’ own cost', async () => {
    const slots = 16;
    const kinds = Object.keys(FAULTS) as Fault[];
    const seconds = new Map<Fault, number>([
      ['never answers', 3],
      ['drips a byte a second', 3],
    ]);
    let faults = 0;
    let held = 0; // seconds that faults kept a slot
    const pauses: number[] = []; // when the server asked to be left alone for a second
    const faultOf = ({ prompt }: { prompt: readonly number[] | string }, sending: number): Fault | undefined => {
      if (!isTest(prompt)) return undefined;
      const random = randomFor(7, String(prompt), sending);
      if (random() >= 0.2) return undefined;
      const kind = kinds[Math.floor(random() * kinds.length)];
      faults += 1;
      held += seconds.get(kind) ?? 0.02;
      if (kind === '429 with Retry-After') pauses.push(performance.now() / 1000);
      return kind;
    };
    const timed = async (options: Parameters<typeof fakeServer>[0]) => {
      const server = await fakeServer({ service: 20, ...options });
      const model = await open([server], { concurrency: slots });
      const started = performance.now();
      const values = (await model.score(requests(1000))).map((curve) => curve.logProbability(1));
      const wall = (performance.now() - started) / 1000;
      await server.close();
      return { values, wall, sent: server.asked.filter(({ prompt }) => isTest(prompt)).length };
    };
    const clean = await timed({});
    const faulty = await timed({ faultOf });
    expect(faulty.values).toEqual(clean.values);
    expect([clean.sent, faulty.sent]).toEqual([1000, 1000 + faults]);
    expect(faults).toBeGreaterThan(180);
    let paused = 0;
    pauses.sort((a, b) => a - b).forEach((at, i) => (paused += Math.min(1, (pauses[i + 1] ?? Infinity) - at)));
    const cost = clean.wall + held / slots + paused;
    process.stderr.write(
      `1,000 requests: ${clean.wall.toFixed(1)} s without faults; with ${faults} faults ${faulty.wall.toFixed(1)} s, ${(faulty.wall / cost).toFixed(2)} times what they cost by themselves\n`,
    );
    expect(faulty.wall).toBeLessThan(1.5 * cost);
  });
});

describe('two servers', () => {
  it('answer at least 1.8 times as fast as one when each is the bottleneck, and share by weight', async () => {
    const seconds = async (count: number, weights: readonly string[] = []) => {
      const servers = await Promise.all(Array.from({ length: count }, () => fakeServer({ service: 40, slots: 1 })));
      const model = await openLanguageModel(
        `server:${servers.map(({ url }, i) => `${url}${weights[i] ?? ''}`).join(',')}#tiny`,
        {
          server: { tokenizer, temperatures: 'fixed', deadline: 60_000 },
        },
      );
      const started = performance.now();
      await model.score(requests(150));
      const wall = (performance.now() - started) / 1000;
      await Promise.all(servers.map((server) => server.close()));
      return { wall, asked: servers.map(({ asked }) => asked.length) };
    };
    const one = await seconds(1);
    const two = await seconds(2);
    process.stderr.write(
      `150 requests: ${one.wall.toFixed(2)} s on one server, ${two.wall.toFixed(2)} s on two: ${(one.wall / two.wall).toFixed(2)} times\n`,
    );
    expect(one.wall / two.wall).toBeGreaterThan(1.8);
  });

  it('carry on when one of them is down', async () => {
    const [up, down] = await Promise.all([fakeServer(), fakeServer()]);
    const model = await open([up, down]);
    await model.score(requests(2));
    await down.close();
    expect(await model.score(requests(40))).toHaveLength(40);
    await up.close();
  });
});
