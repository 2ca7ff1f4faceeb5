import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fakeOpeners } from '../../../pipeline/test/support/fake-engines.js';
import { smallJob } from '../../../pipeline/test/support/small-job.js';
import { scratch } from '../../../pipeline/test/support/scratch.js';
import { mop } from '../terminal.js';

const COLUMNS = 60;

/** Lines that are wider than the terminal and hold a space at which they could be broken; of a redrawn line each drawing. */
function tooWide(text: string): string[] {
  const lines = text.split(/\n|\r\u001b\[2K/);
  return lines.filter((line) => line.length > COLUMNS && line.trim().includes(' '));
}

/** Writes a configuration of a small run and an experiment of two methods over the same records. */
async function files(): Promise<{ readonly folder: string; readonly config: string; readonly experiment: string }> {
  const folder = await scratch();
  const { population, golden } = await smallJob(folder);
  const settings = `population: {path: ${population.path}, records: 24, validation: 8}
golden: {path: ${golden.path}, records: 40}
llm: {model: onnx:fake}
encoder: {model: onnx:fake}
templates: {name: generic}
personas: {count: 4, source: keywords}
exemplars: {count: 10}
evaluate: {heldOut: 20, pairs: 4, bootstrap: 10}
simulate: {count: 16, batchSize: 8}
`;
  const config = join(folder, 'mop.yaml');
  const experiment = join(folder, 'experiment.yaml');
  await writeFile(config, settings);
  const base = settings.replace(/^(?=.)/gm, '  ');
  await writeFile(
    experiment,
    `title: A comparison\nmetrics: [kid]\nbase:\n${base}methods:\n  Verbalized sampling: {method.name: verbalized}\n  MoP: {}\n`,
  );
  return { folder, config, experiment };
}

describe(`a terminal of ${COLUMNS} columns`, () => {
  let words: (name: string) => string[];
  beforeAll(async () => {
    const { folder, config, experiment } = await files();
    const commands: Readonly<Record<string, string[]>> = {
      run: ['run', '--config', config, '--output', join(folder, 'run')],
      info: ['info', join(folder, 'run')],
      'info --row': ['info', join(folder, 'run'), '--row', '3'],
      'compare --dry-run': ['compare', '--config', experiment, '--output', join(folder, 'compared'), '--dry-run'],
      compare: ['compare', '--config', experiment, '--output', join(folder, 'compared')],
      validate: ['validate', '--population.path', 'demo'],
      doctor: ['doctor', '--config', config],
    };
    words = (name) => commands[name] ?? [];
  });

  // In this order: `info` shows the folder that `run` makes.
  it.each(['run', 'info', 'info --row', 'compare --dry-run', 'compare', 'validate', 'doctor'])(
    'holds every line of mop %s that can be broken',
    async (name) => {
      const { code, stdout, stderr } = await mop(words(name), { openers: fakeOpeners(), columns: COLUMNS });
      expect(code === 0 ? '' : stdout + stderr).toBe('');
      expect([tooWide(stdout), tooWide(stderr)]).toEqual([[], []]);
    },
  );

  it('holds an error and a warning', async () => {
    const { stderr } = await mop(['run', '--config', '/a/file/that/is/nowhere.yaml'], { columns: COLUMNS });
    expect(stderr).toMatch(/^Error: [^\n]+\n {2}[^\n]+\n/);
    expect(tooWide(stderr)).toEqual([]);
  });
});
