import { describe, expect, it } from '@jest/globals';
import type { Measure, Prompt, ScoreRequest } from '@mixture-of-personas/llm';
import { templateFor, type PopulationRecord } from '@mixture-of-personas/synthesis';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { fakeOpeners } from '../support/fake-engines.js';
import { scratch } from '../support/scratch.js';
import { smallJob } from '../support/small-job.js';
import { fittingRecords, requirePrompts } from '../../src/context/fitting-records.js';
import { configSchema } from '../../src/config/schema.js';
import type { JobRecords } from '../../src/context/sample-records.js';

const template = templateFor('generic');
const words = (text: string): number => text.match(/\S+/g)?.length ?? 0;
const textOf = (prompt: Prompt): string =>
  'text' in prompt ? prompt.text : prompt.messages.map(({ content }) => content).join(' ');
const count = ({ prompt, completion }: ScoreRequest): number => words(textOf(prompt)) + words(completion);
const record = (id: string, length: number): PopulationRecord => ({ id, text: `${id}${' word'.repeat(length - 1)}` });
const short = (prefix: string): PopulationRecord[] => Array.from({ length: 6 }, (_, i) => record(`${prefix}${i}`, 5));
const records = (long: number): JobRecords => ({
  training: [...short('t'), record('long', long)],
  validation: short('v'),
  heldOut: [...short('g'), record('long', 6)],
  golden: short('g'),
});
const config = (more: object = {}) =>
  configSchema.parse({ population: { path: '.' }, exemplars: { count: 3 }, personas: { count: 2 }, ...more });
const window =
  (tokens: number) =>
  (request: ScoreRequest): Measure => ({ tokens: count(request), window: tokens });
const kept = (of: readonly PopulationRecord[]): string[] => of.map(({ id }) => id);

describe('records measured against the window of the model before a run', () => {
  it('are unchanged where all fit, or where the window is unknown', async () => {
    const given = records(5);
    expect((await fittingRecords(given, { config: config(), template, measure: window(1000) })).records).toBe(given);
    expect((await fittingRecords(records(5000), { config: config(), template, measure: undefined })).message).toBe(
      undefined,
    );
    const unknown = (): Measure => ({ tokens: 1e9, window: undefined });
    expect((await fittingRecords(given, { config: config(), template, measure: unknown })).records).toBe(given);
  });

  it('are refused by id, tokens and window, before anything is scored', async () => {
    const refused = fittingRecords(records(300), { config: config(), template, measure: window(400) });
    await expect(refused).rejects.toThrow(
      /^1 record is longer than the model's window: long \(\d{3} tokens, window 400\)\. Shorten/,
    );
  });

  it('are dropped on their own side, or cut until they fit beside themselves', async () => {
    const settings = { config: config({ records: { tooLong: 'drop' } }), template, measure: window(400) };
    const dropped = await fittingRecords(records(300), settings);
    expect(kept(dropped.records.training)).toEqual(kept(short('t')));
    expect(kept(dropped.records.validation)).toEqual(kept(short('v')));
    expect(kept(dropped.records.heldOut)).toContain('long');
    expect(dropped.message).toMatch(/long .*; dropped\.$/);
    const cut = await fittingRecords(records(300), {
      ...settings,
      config: config({ records: { tooLong: 'truncate' } }),
    });
    const { text } = cut.records.training.at(-1)!;
    expect(words(text)).toBeGreaterThan(50);
    // One word more, in prompt and completion, would not fit.
    const again = { ...records(5), training: [...short('t'), { id: 'long', text }] };
    await expect(fittingRecords(again, { ...settings, config: config() })).resolves.toMatchObject({
      message: undefined,
    });
    const more = { ...again, training: [...short('t'), { id: 'long', text: `${text} word` }] };
    const all = config({ exemplars: { count: 7 } });
    await expect(fittingRecords(more, { ...settings, config: all })).rejects.toThrow('1 record is longer');
  });

  it('are too few for the exemplars when more are dropped than there are to spare', async () => {
    const all = config({ records: { tooLong: 'drop' }, exemplars: { count: 7 } });
    await expect(fittingRecords(records(300), { config: all, template, measure: window(400) })).rejects.toThrow(
      'exemplars.count asks for 7, but there are only 6 training records',
    );
  });

  it('are named where the model cannot take their prompt', () => {
    const measure = (): Measure => {
      throw new Error('This chat template has no system turn.');
    };
    expect(() => requirePrompts(record('r1', 3), { config: config(), template, measure })).toThrow(
      /^Record r1: .*no system turn/,
    );
  });

  it('end a run before its first stage', async () => {
    const job = await smallJob(await scratch());
    const model = { ...(await fakeOpeners().openLanguageModel('fake')), measure: window(20) };
    const openers = { ...fakeOpeners(), openLanguageModel: () => Promise.resolve(model) };
    await expect(runPipeline(job, { openers })).rejects.toThrow(/records are longer than the model's window: r\d+ \(/);
    expect(model.scoringPasses).toBe(0);
    const cut = { ...job, records: { tooLong: 'truncate' as const } };
    const notes: string[] = [];
    const reporter = {
      note: (text: string) => void notes.push(text),
      progress: () => undefined,
      table: () => undefined,
    };
    let most = 0;
    model.measure = (request) => {
      most = Math.max(most, count(request));
      return window(1000)(request);
    };
    await runPipeline({ ...job, output: await scratch() }, { openers, until: 'personas' });
    model.measure = window(most - 3);
    await runPipeline({ ...cut, output: await scratch() }, { openers, reporter, until: 'personas' });
    expect(notes.join(' ')).toContain('their texts are cut');
  });
});
