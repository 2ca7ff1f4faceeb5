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
/** A deadline that a busy machine does not miss: a request that is late is repeated, which the counts below would show. */
const open = (servers: readonly FakeServer[], options: object = {}): Promise<LanguageModel> =>
  openLanguageModel(`server:${servers.map(({ url }) => url).join(',')}#tiny`, {
    server: { tokenizer, temperatures: 'fixed', retryDelay: 50, deadline: 6000, ...options },
  });
const isTest = (prompt: readonly number[] | string): boolean => prompt.length > 20;

describe('a thousand requests of which every fifth sending fails at random', () => {
  it('give the scores of a fault-free run, each sent once and once more for each of its faults', async () => {
    const kinds = Object.keys(FAULTS) as Fault[];
    let faults = 0;
    const faultOf = ({ prompt }: { prompt: readonly number[] | string }, sending: number): Fault | undefined => {
      if (!isTest(prompt)) return undefined;
      const random = randomFor(7, String(prompt), sending);
      if (random() >= 0.2) return undefined;
      faults += 1;
      return kinds[Math.floor(random() * kinds.length)];
    };
    const scored = async (options: Parameters<typeof fakeServer>[0]) => {
      const server = await fakeServer({ service: 20, ...options });
      const model = await open([server], { concurrency: 16 });
      const values = (await model.score(requests(1000))).map((curve) => curve.logProbability(1));
      await server.close();
      return { values, sent: server.asked.filter(({ prompt }) => isTest(prompt)).length };
    };
    const clean = await scored({});
    const faulty = await scored({ faultOf });
    expect(faulty.values).toEqual(clean.values);
    expect([clean.sent, faulty.sent]).toEqual([1000, 1000 + faults]);
    expect(faults).toBeGreaterThan(180);
  });
});

describe('two servers', () => {
  it('carry on when one of them is down', async () => {
    const [up, down] = await Promise.all([fakeServer(), fakeServer()]);
    const model = await open([up, down]);
    await model.score(requests(2));
    await down.close();
    expect(await model.score(requests(40))).toHaveLength(40);
    await up.close();
  });
});
