import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Persona } from '@mixture-of-personas/synthesis';
import { decodeLines, type ModelOpeners } from '@mixture-of-personas/pipeline';
import { fakeOpeners } from '../../../pipeline/test/support/fake-engines.js';
import { smallJob } from '../../../pipeline/test/support/small-job.js';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { countingOpeners } from '../counting-openers.js';
import { mop } from '../terminal.js';

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'mop-experiment-'));
const openers = fakeOpeners();
/** Settings below `base` of a small experiment with fake models. */
const SMALL = `  llm.model: onnx:fake
  encoder.model: onnx:fake
  templates.name: generic
  personas: {count: 4, source: keywords}
  exemplars.count: 10
  gate: {preset: paper, topM: 3, hidden: 8, epochs: 1, batchSize: 8, validationPairs: 4}
  evaluate.bootstrap: 0
  simulate: {count: 16, batchSize: 8}`;

describe('mop compare', () => {
  it('runs methods over data sets, one from the run of another, and draws their map', async () => {
    const folder = await temporary();
    const { population, golden } = await smallJob(folder);
    const output = join(folder, 'compared');
    const file = join(folder, 'experiment.yaml');
    await writeFile(
      file,
      `title: A comparison
map: true
metrics: [frechet]
base:
  population: {path: ${population.path}, records: 24, validation: 8}
  golden: {path: ${golden.path}, records: 40}
${SMALL}
datasets:
  News: {}
methods:
  ZeroGen: {method.name: zerogen}
  MoP: {}
  Its gate again: {gate.from: '{MoP}', gate.epochs: 0}
paper:
  News: {MoP: {frechet: 0.951}}
`,
    );
    const { code, stdout, stderr } = await mop(['compare', '--config', file, '--output', output], { openers });
    expect([code, stderr]).toEqual([0, expect.stringContaining('[3/3] News · Its gate again · seed 1')]);
    expect(stdout).toMatch(/MoP +\S+ \(raw \S+\) \/ 0\.951/);
    expect(stdout).toContain('One seed: no spread over seeds');
    const table = await readFile(join(output, 'table.csv'), 'utf8');
    const [, , mopLine, againLine] = table.split('\n').map((line) => line.split(',')[3]);
    expect(againLine).toBe(mopLine);
    expect(await readFile(join(output, 'map-news.svg'), 'utf8')).toContain('Its gate again');
    await rm(folder, { recursive: true });
  });
});

/** An experiment of four methods, one of which starts from one that lacks its input; counts what is scored and written. */
async function failingExperiment(): Promise<{
  readonly folder: string;
  readonly words: readonly string[];
  readonly counting: ModelOpeners;
  readonly counts: { asked: number };
}> {
  const folder = await temporary();
  const { population, golden } = await smallJob(folder);
  const { openers: counting, counts } = countingOpeners();
  const file = join(folder, 'experiment.yaml');
  await writeFile(
    file,
    `title: One input is missing
metrics: [frechet]
base:
  population: {path: ${population.path}, records: 24, validation: 8}
  golden: {path: ${golden.path}, records: 20}
${SMALL}
seeds: [1, 2]
methods:
  PICLe: {method.name: picle, method.scores: scores.jsonl}
  Its texts again: {method.name: zerogen, personas.file: '{PICLe}/personas.jsonl'}
  MoP: {}
`,
  );
  return { folder, words: ['compare', '--config', file, '--output', join(folder, 'out')], counting, counts };
}

describe('a cell that fails', () => {
  it('is told of in its place, the others go on, and a second start tries it alone', async () => {
    const { folder, words, counting, counts } = await failingExperiment();
    const first = await mop(words, { openers: counting });
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('Warning: [1/6] PICLe · seed 1 failed: ');
    expect(first.stdout).toMatch(/^PICLe +–$/m);
    expect(first.stdout).toMatch(/^MoP +\S+ ± \S+$/m);
    expect(first.stdout).toContain('–: PICLe failed (seed 1, seed 2): ');
    expect(first.stdout).toContain('scores.jsonl: there is no such file or folder.');
    expect(first.stdout).toContain('It starts from the run of PICLe, which failed.');
    const before = counts.asked;
    const again = await mop([...words, '--json'], { openers: counting });
    expect([again.code, counts.asked]).toEqual([1, before]);
    const { data } = JSON.parse(again.stdout) as { data: { failures: { method: string }[] } };
    expect(data.failures.map(({ method }) => method)).toEqual(['PICLe', 'Its texts again', 'PICLe', 'Its texts again']);
    // Every fifth record is training material.
    const scores = Array.from({ length: 40 }, (_, i) => `{"id":"r${5 * i}","logp_sft":${-i},"logp_ref":-3}\n`);
    await writeFile(join(folder, 'scores.jsonl'), scores.join(''));
    const whole = await mop(words, { openers: counting });
    expect([whole.code, whole.stderr]).toEqual([0, expect.stringContaining('MoP · seed 1 (finished before)')]);
    expect(whole.stdout).not.toContain('failed');
    await rm(folder, { recursive: true });
  });
});

describe('mop validate with an experiment', () => {
  it('prints the sizes of its data sets and what its methods lack', async () => {
    const { folder, words, counting } = await failingExperiment();
    const [, , file] = words;
    const validate = ['validate', '--config', file, '--llm.model', 'embedded', '--encoder.model', 'embedded'];
    const { code, stdout } = await mop(validate, { openers: counting });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +40 +40 +2 +6$/m);
    expect(stdout).toMatch(/^PICLe: .*scores\.jsonl: there is no such file or folder\.$/m);
    expect(stdout).not.toContain('Its texts again');
    const enough = await mop([...validate, '--method.scores', file, '--json']);
    expect(enough.code).toBe(0);
    expect(JSON.parse(enough.stdout)).toMatchObject({
      data: { datasets: [{ population: 40, cells: 6, problems: [] }] },
    });
    const few = await mop([...validate, '--method.scores', file, '--exemplars.count', '30']);
    expect(few.stdout).toContain('PICLe, MoP: exemplars.count asks for 30, but there are only 24 training records.');
    const settings = await scratch({ 'mop.yaml': `population: {path: ${join(folder, 'population.jsonl')}}\n` });
    const run = await mop(['validate', '--config', join(settings, 'mop.yaml'), '--scale', 'small']);
    expect(run.stderr).toContain('A run has no scale.');
    await rm(folder, { recursive: true });
  });
});

describe('a dry run', () => {
  it('counts pairs, tokens, hours and disk, and asks no model unless it is to measure one', async () => {
    const { folder, words, counting, counts } = await failingExperiment();
    const { code, stdout } = await mop([...words, '--dry-run', '--rate', '100,10'], { openers: counting });
    expect([code, counts.asked]).toEqual([0, 0]);
    // Two seeds of 24 records × 3 pairs and 8 × 4 of validation; 16 texts of at most 128 tokens.
    expect(stdout).toMatch(/^MoP +2 +208 +[\d,]+ +32 +4,096 /m);
    expect(stdout).toContain('onnx:fake: 100 tokens read and 10 written a second, as given by --rate.');
    expect(stdout).toContain(join(folder, 'out/MoP/seed-1'));
    const measured = await mop([...words, '--dry-run', '--rate', 'measure'], { openers: counting });
    expect([measured.code, counts.asked]).toEqual([0, 16]);
    expect(measured.stdout).toContain('measured here on 8 pairs and 8 texts.');
    const none = await mop([...words, '--dry-run', '--exemplars.count', '30']);
    expect(none.stdout).toContain('No hours without a rate');
    expect(none.stdout).toContain('Not counted: PICLe, MoP: exemplars.count asks for 30');
    const wrong = await mop([...words, '--dry-run', '--rate', 'fast']);
    expect((await mop([...words, '--rate', '1,1'])).stderr).toContain('--rate is for --dry-run alone.');
    expect(wrong.stderr).toContain('--rate must be two positive numbers, READ,WRITTEN, or measure; got fast.');
    await rm(folder, { recursive: true });
  });
});

describe('mop sweep', () => {
  it('costs only new pairs when a setting grows, and nothing when it is run again', async () => {
    const folder = await temporary();
    const { population, golden } = await smallJob(folder);
    const output = join(folder, 'sweep');
    let passes = 0;
    const counting = {
      ...openers,
      openLanguageModel: async (name: string) => {
        const model = await openers.openLanguageModel(name);
        return {
          ...model,
          score: (...args: Parameters<typeof model.score>) => {
            passes += args[0].length;
            return model.score(...args);
          },
        };
      },
    };
    const words = (...more: string[]): string[] => [
      'sweep',
      '--config',
      join(folder, 'mop.yaml'),
      '--output',
      output,
      '--seeds',
      '1,2',
      ...more,
    ];
    await writeFile(
      join(folder, 'mop.yaml'),
      `population: {path: ${population.path}, records: 24, validation: 8}
golden: {path: ${golden.path}, records: 40}
llm: {model: onnx:fake}
encoder: {model: onnx:fake}
personas: {count: 4, source: keywords}
templates: {name: generic}
exemplars: {count: 10}
gate: {preset: paper, topM: 3, hidden: 8, epochs: 1, batchSize: 8, validationPairs: 4, patience: 9}
evaluate: {bootstrap: 0, metrics: [frechet]}
simulate: {count: 16, batchSize: 8}
`,
    );
    const one = await mop([...words('--vary', 'gate.epochs=1')], { openers: counting });
    expect(one.stderr).toContain('[2/2]');
    expect(one.code).toBe(0);
    const first = passes;
    const two = await mop([...words('--vary', 'gate.epochs=1,2'), '--json'], { openers: counting });
    expect(two.code).toBe(0);
    expect(passes - first).toBeLessThan(first);
    const before = passes;
    const again = await mop([...words('--vary', 'gate.epochs=1,2'), '--json'], { openers: counting });
    expect(passes).toBe(before);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(two.stdout));
    for (const name of ['table.txt', 'table.md', 'table.csv', 'table.tex', 'results.json', 'figure.svg']) {
      expect((await readFile(join(output, name))).length).toBeGreaterThan(0);
    }
    const personas = decodeLines(await readFile(join(output, 'gate.epochs=1/seed-1/personas.jsonl'))) as Persona[];
    expect(personas).toHaveLength(4);
    await rm(folder, { recursive: true });
  });

  it('refuses a --vary without values, seeds that are no numbers and an unknown scale', async () => {
    const cwd = await scratch({ 'mop.yaml': 'population:\n  path: a.csv\n' });
    const refused = async (...words: string[]): Promise<string> =>
      (await mop(['sweep', '--config', join(cwd, 'mop.yaml'), ...words], { openers })).stderr;
    expect(await refused('--vary', 'gate.topM')).toContain('--vary gate.topM has no values; write --vary KEY=A,B,C.');
    expect(await refused('--seeds', '1,x')).toContain('--seeds must be whole numbers with commas between, got 1,x.');
    expect(await refused('--scale', 'huge')).toContain('has no scale huge. Leave out --scale.');
    expect(await refused('--vary', 'gate.topN=3', '--dry-run')).toContain('Did you mean gate.topM?');
  });
});
