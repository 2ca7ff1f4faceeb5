import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MopConfig } from '../../src/config/schema.js';
import { scratch } from '../support/scratch.js';
import { hashesOf, live, type Disturbance, type JobEnd } from './killed-jobs.js';
import { smallJob } from '../support/small-job.js';

/** One line of docs/fault-matrix.md. */
interface Row {
  readonly fault: string;
  readonly sees: string;
  readonly lost: string;
  readonly resumes: string;
}
const ROWS = join(import.meta.dirname, 'fault-rows.json');
const measured: Row[] = [];

/** Every kind of file that a run writes, and the moments of writing it. */
const KILLS: Record<string, Omit<Disturbance, 'act'>> = {
  "while a stage's file is half written": { at: 'write', path: 'gate\\.safetensors', nth: 1 },
  "when a stage's file is written and has not its name yet": { at: 'rename', path: 'synthetic\\.jsonl', nth: 1 },
  "between a stage's files and the manifest that names them": { at: 'renamed', path: 'gate\\.json$', nth: 1 },
  'while the manifest is half written': { at: 'write', path: 'manifest\\.json', nth: 5 },
  'just after the manifest was replaced': { at: 'renamed', path: 'manifest\\.json', nth: 5 },
  'while a checkpoint of the fit is half written': { at: 'write', path: 'fit-checkpoint', nth: 2 },
  'while scores are half appended': { at: 'write', path: 'curves\\.bin', nth: 16 },
  'while texts are half appended': { at: 'append', path: 'simulate\\.jsonl', nth: 2 },
  'when texts are appended and not yet synced': { at: 'sync', path: 'simulate\\.jsonl', nth: 2 },
};
const DISKS: Record<string, Disturbance> = {
  "the disk is full at a stage's file": { at: 'write', path: 'gate\\.safetensors', nth: 1, act: 'ENOSPC' },
  'the disk is full at the manifest': { at: 'write', path: 'manifest\\.json', nth: 5, act: 'ENOSPC' },
  'the disk is full at scores': { at: 'write', path: 'curves\\.bin', nth: 16, act: 'ENOSPC' },
  'the disk is full at texts': { at: 'append', path: 'simulate\\.jsonl', nth: 2, act: 'ENOSPC' },
  'EIO at scores': { at: 'write', path: 'curves\\.bin', nth: 16, act: 'EIO' },
  'EIO at the sync of the manifest': { at: 'sync', path: 'manifest\\.json', nth: 5, act: 'EIO' },
  'EIO at texts': { at: 'append', path: 'simulate\\.jsonl', nth: 2, act: 'EIO' },
  "the disk takes half of a stage's file at first": { at: 'write', path: 'gate\\.safetensors', nth: 1, act: 'short' },
  'the disk takes half of the scores at first': { at: 'write', path: 'curves\\.bin', nth: 16, act: 'short' },
};

let whole: { config: MopConfig; hashes: Record<string, string>; answers: string };
beforeAll(async () => {
  const config = await smallJob(await scratch());
  const answers = `${config.output}.answers`;
  expect(await live(config, { engine: '0', answers })).toMatchObject({ failed: false });
  whole = { config, hashes: await hashesOf(config.output), answers: await readFile(answers, 'utf8') };
}, 60_000);

let jobs = 0;
const another = (): MopConfig => ({ ...whole.config, output: `${whole.config.output}-${jobs++}` });
const count = (letters: string, letter: string): number => letters.split(letter).length - 1;

/** Messages of a process about faults, with general words for parts that differ from machine to machine. */
const said = (text: string, { output }: MopConfig): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('Estimate: '))
    .join(' ')
    .replaceAll(`${output}/`, 'RUN/');

/** Runs a job to its end over what there is, compares it with the undisturbed one, and notes how many answers were asked for again. */
async function finish(config: MopConfig, before: string): Promise<{ again: string; lost: string; said: string }> {
  const answers = `${config.output}.answers`;
  const end = await live(config, { engine: '0', answers });
  expect(end).toMatchObject({ failed: false, killed: false });
  expect(await hashesOf(config.output)).toEqual(whole.hashes);
  const all = await readFile(answers, 'utf8').catch(() => '');
  const lost = (['s', 't'] as const).map((letter) => count(all, letter) - count(whole.answers, letter));
  const given = (['s', 't'] as const).map((letter) => count(before, letter));
  const words = ['scores', 'texts'].map((name, i) => `${lost[i] === 0 ? 'none' : lost[i]} of ${given[i]} ${name}`);
  const left = all.length - before.length;
  const again = left === 0 ? 'asks the model nothing' : `asks the model for ${left} of ${whole.answers.length} answers`;
  return { lost: words.join(', '), again: `${again}, same bytes`, said: said(end.said, config) };
}

/** A disturbed life, then one to the end. */
async function disturbed(disturbance: Disturbance): Promise<{ first: JobEnd; row: Omit<Row, 'fault'> }> {
  const config = another();
  const answers = `${config.output}.answers`;
  const first = await live(config, { engine: '0', answers, disturbance });
  const before = await readFile(answers, 'utf8').catch(() => '');
  const second = await finish(config, before);
  const told = said(first.said, config);
  const then = second.said === '' ? '' : `At the next start: ${second.said}`;
  const sees = [told, then].filter((text) => text !== '').join(' ') || 'nothing';
  return { first, row: { sees, lost: second.lost, resumes: second.again } };
}

describe('a run killed with SIGKILL', () => {
  it.each(Object.entries(KILLS))(
    '%s tears nothing and goes on to the same bytes',
    async (moment, where) => {
      const { first, row } = await disturbed({ ...where, act: 'kill' });
      expect(first.killed).toBe(true);
      measured.push({ fault: `killed ${moment}`, ...row });
    },
    60_000,
  );
});

describe('a run of which', () => {
  it.each(Object.entries(DISKS))(
    '%s says so, tears nothing and goes on to the same bytes',
    async (fault, disturbance) => {
      const { first, row } = await disturbed(disturbance);
      expect(first.failed).toBe(disturbance.act !== 'short');
      if (first.failed) expect(first.said).toMatch(/full|failed|cannot be written/);
      measured.push({ fault, ...row });
    },
    60_000,
  );
});

/** A changed byte, in the middle unless told. */
async function damage(path: string, at?: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at ?? bytes.length >> 1] ^= 1;
  await writeFile(path, bytes);
}

describe('a run with a damaged file', () => {
  const DAMAGES: Record<string, (run: string) => Promise<void>> = {
    'the manifest is cut short': (run) => writeFile(join(run, 'manifest.json'), '{"format":1,'),
    'the gate is changed': (run) => damage(join(run, 'gate.safetensors')),
    'the texts are changed': (run) => damage(join(run, 'synthetic.jsonl')),
    'the figures are gone': (run) => writeFile(join(run, 'metrics.json'), ''),
    'a score is changed': async (run) => {
      await damage(join(run, 'scores/curves.bin'), 32 + 60 * 192 + 100); // record 60, one of the fit's
      await writeFile(join(run, 'gate.json'), 'x'); // so that scores are asked for
    },
  };
  it.each(Object.entries(DAMAGES))(
    'where %s names it, sets it aside and makes it again',
    async (fault, harm) => {
      const config = another();
      const answers = `${config.output}.answers`;
      await live(config, { engine: '0', answers });
      const before = await readFile(answers, 'utf8');
      await harm(config.output);
      const second = await finish(config, before);
      expect(second.said).toMatch(/set aside/);
      measured.push({ fault, sees: second.said, lost: second.lost, resumes: second.again });
    },
    60_000,
  );
});

describe('two processes on one folder', () => {
  it('the second is told who works there, and changes nothing', async () => {
    const config = another();
    const answers = `${config.output}.answers`;
    const running = live(config, { engine: '5', answers });
    while (!existsSync(join(config.output, 'run.lock'))) await sleep(20);
    const second = await live(config, { engine: '0' });
    expect(second.failed).toBe(true);
    expect(second.said).toMatch(/in use by process \d+ on \S+ since \S+Z\./);
    expect(await running).toMatchObject({ failed: false, killed: false });
    const { lost, again } = await finish(config, await readFile(answers, 'utf8'));
    const sees = said(second.said, config).replace(/process \d+ on \S+ since \S+Z/, 'process PID on HOST since TIME');
    measured.push({ fault: 'two processes on one folder', sees: `The second: ${sees}`, lost, resumes: again });
  }, 60_000);
});

describe('docs/fault-matrix.md', () => {
  it('has the rows measured here (MOP_WRITE_FAULTS=1 writes them)', () => {
    expect(measured).toHaveLength(Object.keys(KILLS).length + Object.keys(DISKS).length + 6);
    if (process.env['MOP_WRITE_FAULTS'] === '1') writeFileSync(ROWS, `${JSON.stringify(measured, null, 2)}\n`);
    expect(JSON.parse(readFileSync(ROWS, 'utf8'))).toEqual(measured);
  });
});
