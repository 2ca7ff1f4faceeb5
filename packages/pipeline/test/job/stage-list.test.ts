import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES } from '../../src/job/stage-list.js';
import { withStageTable } from '../../src/job/stage-table.js';

it.each(STAGES.map((stage, i) => ({ name: stage.name, stage, before: STAGES.slice(0, i).map(({ name }) => name) })))(
  '$name uses only stages before it, and its artifacts are its own',
  ({ name, stage, before }) => {
    expect(before).toEqual(expect.arrayContaining([...stage.inputs]));
    expect(stage.artifacts.map((artifact) => artifact.stage)).toEqual(stage.artifacts.map(() => name));
    expect(stage.make === undefined).toBe(stage.artifacts.length === 0);
  },
);

it('no two stages write one file', () => {
  const names = STAGES.flatMap(({ artifacts }) => artifacts.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});

it('the table of stages in the README is that of the list', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  expect(withStageTable(readme)).toBe(readme);
});
