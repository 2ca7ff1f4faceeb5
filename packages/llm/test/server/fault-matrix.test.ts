import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openLanguageModel, openScoreStore, withStore, type StoredLanguageModel } from '../../src/index.js';
import { fakeServer, type FakeServer } from './fake-server.js';
import { FAULTS, type Fault } from './faults.js';
import { tinyTokenizer } from './tiny-tokenizer.js';

/** One line of docs/fault-matrix.md. */
interface Row {
  readonly fault: string;
  readonly once: string;
  readonly stays: string;
  readonly lost: string;
  readonly resumes: string;
}
const ROWS = join(import.meta.dirname, 'fault-rows.json');
const tokenizer = tinyTokenizer();
const REQUESTS = Array.from({ length: 6 }, (_, i) => ({
  prompt: { text: `Question ${i}: ` },
  completion: `answer ${i * i}`,
}));
const ANSWERED = 3;

async function open(server: FakeServer, folder: string): Promise<StoredLanguageModel> {
  const options = {
    tokenizer,
    temperatures: 'fixed',
    concurrency: 1,
    tries: 2,
    retryDelay: 5,
    deadline: 5000,
  } as const;
  const model = await openLanguageModel(`server:${server.url}#tiny`, { server: options });
  return withStore(model, await openScoreStore(folder));
}
const scratch = (): string => mkdtempSync(join(tmpdir(), 'mop-faults-'));
const isTest = (prompt: readonly number[] | string): boolean => prompt.length > 15; // the probe is shorter

/** Scores everything; counts the sendings of the six requests. */
async function run(
  faultOf: (index: number, sending: number) => Fault | undefined,
  folder: string,
): Promise<{ values: number[] | undefined; error: string; sent: number; kept: number; server: string }> {
  const seen: string[] = [];
  const server = await fakeServer({
    faultOf: ({ prompt }, sending) => {
      if (!isTest(prompt)) return undefined;
      const name = String(prompt);
      if (!seen.includes(name)) seen.push(name);
      return faultOf(seen.indexOf(name), sending);
    },
  });
  const model = await open(server, folder);
  let error = '';
  const curves = await model.score(REQUESTS).catch((reason: Error) => {
    error = reason.message.replaceAll(server.url, 'http://SERVER');
    return undefined;
  });
  await model.close();
  const store = await openScoreStore(folder);
  const kept = store.size;
  await store.close();
  await server.close();
  const sent = server.asked.filter(({ prompt }) => isTest(prompt)).length;
  return { values: curves?.map((curve) => curve.logProbability(1)), error, sent, kept, server: server.url };
}

const measured: Row[] = [];
describe('every fault of a server', () => {
  it.each(Object.keys(FAULTS) as Fault[])(
    '%s: repeated when it passes, told when it stays, nothing answered is lost',
    async (fault) => {
      const clean = await run(() => undefined, scratch());
      const once = await run((index, sending) => (index === ANSWERED && sending === 0 ? fault : undefined), scratch());
      expect([once.values, once.sent]).toEqual([clean.values, REQUESTS.length + 1]);

      const folder = scratch();
      const stays = await run((index) => (index >= ANSWERED ? fault : undefined), folder);
      expect(stays.error).toMatch(/^The server http:\/\/SERVER\/v1 .*\. [A-Z].*\.$/);
      expect(stays.error).not.toMatch(/undefined|\bat \w+ \(/);
      expect(stays.kept).toBe(ANSWERED);

      const again = await run(() => undefined, folder);
      expect(again.values).toEqual(clean.values);
      expect(again.sent).toBe(REQUESTS.length - ANSWERED);
      measured.push({
        fault,
        once: `nothing: sent again, ${once.sent - REQUESTS.length} sending more, scores the same`,
        stays: stays.error,
        lost: `nothing: ${stays.kept} of ${ANSWERED} answered are kept`,
        resumes: `${again.sent} of ${REQUESTS.length} requests are sent, scores the same`,
      });
    },
  );

  it('is what the rows of docs/fault-matrix.md say (MOP_WRITE_FAULTS=1 writes them)', () => {
    expect(measured).toHaveLength(Object.keys(FAULTS).length);
    if (process.env['MOP_WRITE_FAULTS'] === '1') writeFileSync(ROWS, `${JSON.stringify(measured, null, 2)}\n`);
    expect(JSON.parse(readFileSync(ROWS, 'utf8'))).toEqual(measured);
  });
});
