import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, pointsOf, type CellChoice } from '../../src/experiment/cells.js';
import { definitionSchema, type Definition } from '../../src/experiment/definition.js';
import { readDefinition, scaleOf } from '../../src/experiment/read-definition.js';
import { starterConfig } from '../../src/config/starter.js';
import { scratch } from '../support/scratch.js';

const none = { set: {}, methodSet: {}, datasetSet: {} };
const choice = (more: Partial<CellChoice> = {}): CellChoice => ({ scale: none, output: 'runs/x', given: {}, ...more });
const definition = (more: Record<string, unknown> = {}): Definition =>
  definitionSchema.parse({
    title: 'Test',
    base: { 'population.path': 'a.csv', 'gate.preset': 'paper', 'gate.topM': 8 },
    methods: { ZeroGen: { 'method.name': 'zerogen' }, MoP: {}, Again: { 'gate.from': '{MoP}', 'gate.epochs': 0 } },
    datasets: { News: {}, 'Film reviews': { 'templates.name': 'sst-2' } },
    seeds: [1, 2],
    ...more,
  });

describe('cellsOf', () => {
  it('makes a run folder for each method, data set and seed, a seed’s methods together', () => {
    const cells = cellsOf(definition(), choice());
    expect(cells.map(({ config }) => config.output).slice(0, 4)).toEqual([
      'runs/x/News/ZeroGen/seed-1',
      'runs/x/News/MoP/seed-1',
      'runs/x/News/Again/seed-1',
      'runs/x/News/ZeroGen/seed-2',
    ]);
    expect(cells).toHaveLength(12);
    expect(cells[0].config).toMatchObject({ seed: 1, gate: { topM: 8 }, method: { name: 'zerogen' } });
    expect(cells.at(-1)!.config.templates.name).toBe('sst-2');
    expect(cells.at(-1)!.config.output).toBe('runs/x/Film-reviews/Again/seed-2');
  });

  it('lets a method start from an earlier one of its data set and seed', () => {
    const cell = cellsOf(definition(), choice())[2];
    expect([cell.config.gate.from, cell.startsFrom]).toEqual(['runs/x/News/MoP/seed-1', ['MoP']]);
    const wrong = definition({ methods: { A: { 'gate.from': '{B}' }, B: {} } });
    expect(() => cellsOf(wrong, choice())).toThrow('A: gate.from names the run of B, which is not made before it.');
  });

  it('lets flags win over methods, methods over data sets, those over the scale and it over the base', () => {
    const scale = { ...none, set: { 'gate.topM': 2, 'personas.count': 5 }, methodSet: { MoP: { 'gate.hidden': 16 } } };
    const more = definition({ methods: { MoP: { 'gate.topM': 3 } }, datasets: { News: { 'personas.count': 7 } } });
    const [cell] = cellsOf(more, choice({ scale, given: { 'simulate.count': 9 } }));
    expect(cell.config).toMatchObject({
      gate: { topM: 3, hidden: 16 },
      personas: { count: 7 },
      simulate: { count: 9 },
    });
  });

  it('takes the methods and data sets of the scale, the seeds and the names asked for', () => {
    const scale = { ...none, datasets: ['News'], seeds: [5] };
    expect(cellsOf(definition(), choice({ scale })).map(({ seed }) => seed)).toEqual([5, 5, 5]);
    expect(cellsOf(definition(), choice({ only: ['MoP', 'News'], seeds: [3] }))).toHaveLength(1);
    expect(() => cellsOf(definition(), choice({ only: ['Mop'] }))).toThrow('There is no method or data set Mop.');
    expect(() => cellsOf(definition(), choice({ scale: { ...none, methods: ['X'] } }))).toThrow('names the method X');
  });

  it('says which setting of which method is wrong', () => {
    const unknown = definition({ methods: { MoP: { 'gate.topN': 3 } } });
    expect(() => cellsOf(unknown, choice())).toThrow(/News, MoP: there is no setting gate.topN/);
    const wrong = definition({ methods: { MoP: { gate: { topM: 0 } } } });
    expect(() => cellsOf(definition({ ...wrong, methods: { MoP: { 'gate.topM': 0 } } }), choice())).toThrow(
      /gate.topM must be a whole number of at least 1, got 0/,
    );
  });
});

describe('pointsOf', () => {
  const vary = { 'personas.count': [2, 4], 'gate.topM': [1, 3] };

  it('varies one setting at a time, all with all, or in step', () => {
    expect(pointsOf(vary, 'each')).toEqual([
      { 'personas.count': 2 },
      { 'personas.count': 4 },
      { 'gate.topM': 1 },
      { 'gate.topM': 3 },
    ]);
    expect(pointsOf(vary, 'grid')).toHaveLength(4);
    expect(pointsOf(vary, 'list')).toEqual([
      { 'personas.count': 2, 'gate.topM': 1 },
      { 'personas.count': 4, 'gate.topM': 3 },
    ]);
    expect(() => pointsOf({ ...vary, seed: [1] }, 'list')).toThrow('as many values for every key');
  });
});

describe('readDefinition', () => {
  it('takes paths as relative to the file, and a mop.yaml as an experiment of one method', async () => {
    const cwd = await scratch({
      'deep/mop.yaml': 'population:\n  path: ../a.csv\ngate:\n  preset: paper\n  topM: 3\n',
    });
    const read = await readDefinition('deep/mop.yaml', cwd);
    expect(read.base).toEqual({ 'population.path': 'a.csv', 'gate.preset': 'paper', 'gate.topM': 3 });
    expect(cellsOf(read, choice())).toHaveLength(1);
  });

  it('takes the file that mop init writes, with its sections of commented settings', async () => {
    const cwd = await scratch({ 'mop.yaml': starterConfig({ population: { path: 'a.csv' } }) });
    expect(cellsOf(await readDefinition('mop.yaml', cwd), choice())).toHaveLength(1);
  });

  it('takes the scales and data sets that it names from a shared file, and puts its own settings over them', async () => {
    const shared = `scales:
  small: {seeds: [1, 2], set: {gate.topM: 2, gate.hidden: 8}, methodSet: {MoP: {gate.epochs: 3, gate.patience: 1}}}
  paper: {set: {gate.topM: 4}}
datasets: {News: {population.path: news.csv, templates.name: ag-news}, Reviews: {population.path: reviews.csv}}
`;
    const own = `title: X
extends: shared.yaml
scales: {small: {set: {gate.topM: 3}, methodSet: {MoP: {gate.epochs: 1}}}}
datasets: {News: {templates.name: yelp}}
`;
    const cwd = await scratch({ 'deep/x.yaml': own, 'deep/shared.yaml': shared });
    const read = await readDefinition('deep/x.yaml', cwd);
    expect(read.datasets).toEqual({ News: { 'population.path': 'deep/news.csv', 'templates.name': 'yelp' } });
    expect(read.scales).toEqual({
      small: {
        seeds: [1, 2],
        set: { 'gate.topM': 3, 'gate.hidden': 8 },
        methodSet: { MoP: { 'gate.epochs': 1, 'gate.patience': 1 } },
        datasetSet: {},
      },
    });
    const wrong = await scratch({ 'x.yaml': own, 'shared.yaml': 'methods: {}\n' });
    await expect(readDefinition('x.yaml', wrong)).rejects.toThrow(/shared\.yaml is not an experiment/);
  });

  it('says what is wrong in a file', async () => {
    const cwd = await scratch({ 'x.yaml': 'title: X\nmethods: 3\n' });
    await expect(readDefinition('x.yaml', cwd)).rejects.toThrow(/x\.yaml is not an experiment: methods/);
  });
});

describe('the experiments that come with the project', () => {
  const folder = new URL('../../../../experiments/', import.meta.url).pathname;
  const files = readdirSync(folder).filter((name) => /^(table|figure|compare|sweep|cross)/.test(name));

  it('are there for every table and figure', () => {
    for (const name of [
      'table-1',
      'table-2',
      'table-3',
      'table-4',
      'table-5',
      'table-6',
      'table-7',
      'figure-3',
      'figure-4',
    ]) {
      expect(files).toContain(`${name}.yaml`);
    }
  });

  it.each(files)('%s: every cell of every scale has valid settings', async (name) => {
    const read = await readDefinition(join(folder, name));
    const scales = name === 'compare-small.yaml' ? ['small'] : ['small', 'paper', 'rehearsal'];
    expect(Object.keys(read.scales)).toEqual(expect.arrayContaining(scales));
    for (const key of Object.keys(read.scales)) {
      const scale = scaleOf(read, key);
      const cells = cellsOf({ ...read, vary: scale.vary ?? read.vary }, choice({ scale }));
      expect(cells.length).toBeGreaterThan(0);
      expect(new Set(cells.map(({ config }) => config.output)).size).toBe(cells.length);
    }
    expect(() => scaleOf(read, 'huge')).toThrow(/has no scale huge/);
  });

  it('take the paper’s setting at its scale: labels in no prompt, the top pairs, its MAUVE, K, N and numbers of texts', async () => {
    for (const name of files.filter((file) => file !== 'compare-small.yaml')) {
      const read = await readDefinition(join(folder, name));
      const scale = scaleOf(read, 'paper');
      const cells = cellsOf({ ...read, vary: {} }, choice({ scale }));
      for (const { config, method, dataset } of cells) {
        expect(config.evaluate.mauve).toBe('paper');
        // Table 2 asks reviews for their polarity, as the paper does.
        const asked = name === 'table-2.yaml' && dataset !== 'AG News';
        expect(config.prompt.label).toBe(asked ? 'always' : 'never');
        expect(config.gate).toMatchObject({ preset: 'paper', topM: 4, hidden: 128, exploration: { kind: 'top' } });
        expect(config.simulate).toMatchObject({ count: 5000, topP: 0.9, maxTokens: 512 });
        expect([config.personas.count, method === 'Without exemplars' ? 1000 : config.exemplars.count]).toEqual([
          100, 1000,
        ]);
      }
    }
  });
});
