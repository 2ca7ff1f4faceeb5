import { describe, expect, it } from '@jest/globals';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { GenerateRequest } from '@mixture-of-personas/llm';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attrPrompt } from '../../src/baselines/attrprompt.js';
import { zeroGen } from '../../src/baselines/zerogen.js';
import {
  promptHash,
  renderPrompt,
  simulateBaseline,
  templateFor,
  templateNames,
  type Baseline,
  type BaselineOptions,
  type SyntheticRow,
} from '../../src/index.js';
import { attributesFromFiles } from '../../src/text-source/attributes.js';
import { inventAttributes, inventContexts } from '../../src/text-source/invent.js';
import { ownAttributes } from '../../src/text-source/own-tables.js';
import { all } from '../support/records.js';

const template = templateFor('ag-news');
const labels = template.classes!;
const about = { template, seed: 5, labels, contexts: [] };
const reviews = {
  template: templateFor('sst-2'),
  seed: 5,
  labels: ['negative', 'positive'],
  contexts: ['Alien', 'Heat'],
};

async function prompts(baseline: Baseline, rows: number): Promise<string[]> {
  const plans = await baseline.plan(
    Array.from({ length: rows }, (_, i) => i),
    [],
  );
  return plans.map(({ prompt }) => promptText(prompt));
}

const simulated = (baseline: Baseline, options: Partial<BaselineOptions> = {}): Promise<SyntheticRow[]> =>
  all(simulateBaseline({ baseline, model: fakeModel(), template }, { count: 40, seed: 5, ...options }));

describe('simulateBaseline', () => {
  it('yields rows in order with their provenance, at temperature 1', async () => {
    const rows = await simulated(zeroGen(about));
    expect(rows.map(({ id }) => id).slice(0, 2)).toEqual(['s000000', 's000001']);
    expect(rows[1]).toMatchObject({
      label: 'Sports',
      temperature: 1,
      seed: 5,
      model: 'fake',
      personaId: '',
      exemplarId: '',
    });
    expect(new Set(rows.map(({ label }) => label)).size).toBe(4);
  });

  it('gives the same rows from a block on as from the start', async () => {
    const baseline = attrPrompt({ ...about, attributes: ownAttributes('ag-news')! });
    const whole = await simulated(baseline, { block: 8 });
    const rest = await simulated(baseline, { block: 8, from: 16, count: 24, earlier: whole.slice(0, 16) });
    expect(rest).toEqual(whole.slice(16));
    expect(await simulated(baseline, { block: 8, from: 16, count: 24 })).toEqual(rest);
  });

  it('refuses settings that do not fit', async () => {
    await expect(simulated(zeroGen(about), { temperature: 0 })).rejects.toThrow(
      'temperature must be a positive number',
    );
    await expect(simulated(zeroGen(about), { from: 3, earlier: [] })).rejects.toThrow(
      'earlier must be the 3 rows before row 3',
    );
    await expect(simulated(zeroGen(about), { count: -1 })).rejects.toThrow('count must be a whole number from 0 on');
  });
});

describe('zeroGen', () => {
  it('says the class in a demand, or where the template says it', async () => {
    expect((await prompts(zeroGen(about), 2))[1]).toContain('1. Its class is Sports.');
    const [first] = await prompts(zeroGen({ ...reviews, contexts: [] }), 1);
    expect(first).toContain('negative');
    expect(first).not.toContain('Its class');
  });

  it('draws a context for each row where there are some', async () => {
    const texts = await prompts(zeroGen(reviews), 20);
    expect(texts.every((text) => /Alien|Heat/.test(text))).toBe(true);
    expect(new Set(texts.map((text) => /Alien|Heat/.exec(text)?.[0])).size).toBe(2);
  });

  it('is the zero-shot prompt where nothing is asked for', async () => {
    const plans = await zeroGen({ ...about, labels: [] }).plan([0], []);
    expect(promptHash(plans[0].prompt)).toBe(promptHash(renderPrompt(template, 'zeroShot', {})));
  });
});

describe('attrPrompt', () => {
  const attributes = ownAttributes('ag-news')!;

  it('demands one value of every attribute and notes which', async () => {
    const plans = await attrPrompt({ ...about, attributes }).plan([0, 1, 2], []);
    expect(plans[0].drawn).toMatch(/^length:\d style:\d location:\d+ subject:\d$/);
    expect(promptText(plans[0].prompt)).toMatch(
      /1\. Its class is World\.\n2\. It has \d+ to \d+ words\.\n3\. Its style: .+\.\n4\./,
    );
  });

  it('draws every value about equally often', async () => {
    const plans = await attrPrompt({ ...about, attributes }).plan(
      Array.from({ length: 600 }, (_, i) => i),
      [],
    );
    const short = plans.filter(({ drawn }) => drawn?.startsWith('length:0')).length;
    expect(Math.abs(short - 300)).toBeLessThan(60);
  });

  it.each(templateNames.filter((name) => ownAttributes(name) !== undefined))(
    'has tables of its own for the classes of %s',
    async (name) => {
      const own = templateFor(name);
      const classes = own.classes ?? [];
      expect(classes.length).toBeGreaterThan(1);
      const baseline = attrPrompt({ ...about, template: own, labels: classes, attributes: ownAttributes(name)! });
      expect(await prompts(baseline, 8)).toHaveLength(8);
    },
  );

  it('says which class has no values', async () => {
    const baseline = attrPrompt({ ...about, labels: ['Weather'], attributes });
    await expect((async () => baseline.plan([0], []))()).rejects.toThrow('Attribute subject has no values for Weather');
  });
});

describe('attributesFromFiles', () => {
  it('reads the layout of the released folders', () => {
    const files = [
      { path: 'style/style.txt', text: '1. "plain"\n2. ornate\n\n' },
      { path: 'style/style_full.txt', text: 'x' },
      { path: 'subtopics/sci_tech.jsonl', text: 'chips\nspace' },
      { path: 'subtopics/world.jsonl', text: '- wars\n- votes' },
      { path: 'label.txt', text: 'World\nSci_Tech' },
    ];
    expect(attributesFromFiles(files, ['World', 'Sci/Tech'])).toEqual([
      { name: 'style', values: ['plain', 'ornate'] },
      { name: 'subtopics', values: { World: ['wars', 'votes'], 'Sci/Tech': ['chips', 'space'] } },
    ]);
  });

  it('reads the layout that the upstream program looks for, filtered values first', () => {
    const files = [
      { path: 'attrprompt/completion/subtopics_filter/world.jsonl', text: 'votes' },
      { path: 'attrprompt/completion/subtopics/world.jsonl', text: 'wars' },
    ];
    expect(attributesFromFiles(files, ['World'])).toEqual([{ name: 'subtopics', values: { World: ['votes'] } }]);
  });

  it('says which class is missing, or that there is nothing', () => {
    expect(() => attributesFromFiles([{ path: 'subtopics/world.jsonl', text: 'wars' }], ['Sports'])).toThrow(
      'Attribute subtopics has files for world, but none for the class Sports.',
    );
    expect(() => attributesFromFiles([], [])).toThrow('no attribute values');
  });

  const folder = new URL('../../../../../shared/data/attrprompt/', import.meta.url).pathname;
  const there = existsSync(folder);
  (there ? it : it.skip)(
    `reads the tables that AttrPrompt released${there ? '' : ' (skipped: ../shared is not there)'}`,
    () => {
      const tables = (name: string, classes: readonly string[]): Record<string, number> => {
        const root = join(folder, name);
        const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
          /\.(txt|jsonl)$/.test(path),
        );
        const files = paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
        return Object.fromEntries(
          attributesFromFiles(files, classes).map(({ name: of, values }) => [of, Object.values(values).flat().length]),
        );
      };
      expect(tables('agnews', labels)).toEqual({ length: 2, location: 30, style: 5, subtopics: 71 });
      expect(tables('yelp', reviews.labels)).toEqual({ cuisine: 30, length: 2, style: 5, subtopics: 20 });
      expect(tables('sst-2', reviews.labels)).toEqual({ genre: 10, length: 2, style: 4, subtopics: 20 });
    },
  );
});

describe('lists made by the language model', () => {
  const write = ({ prompt, row }: GenerateRequest): string =>
    row === 0
      ? 'I cannot.'
      : `Sure:\n1. first of ${/their (.+), numbered/.exec(promptText(prompt))?.[1]}\n2. second ${row}`;

  it('become attributes, one list a class where asked', async () => {
    const model = fakeModel({ write });
    const wanted = { names: ['style'], perClass: ['subtopic'], labels: ['World', 'Sports'] };
    const attributes = await inventAttributes({ model, template }, wanted, { seed: 1 });
    expect(attributes).toEqual([
      { name: 'style', values: ['first of style', 'second 1'] },
      {
        name: 'subtopic',
        values: {
          World: ['first of subtopic of the class World', 'second 4'],
          Sports: ['first of subtopic of the class Sports', 'second 8'],
        },
      },
    ]);
  });

  it('become contexts, asked for until there are enough', async () => {
    const contexts = await inventContexts(
      { model: fakeModel({ write }), template },
      { what: 'title', count: 4 },
      { seed: 1 },
    );
    expect(contexts).toEqual(['first of title', 'second 1', 'second 2', 'second 3']);
  });

  it('are refused when the model gives none', async () => {
    const model = fakeModel({ write: () => 'No.' });
    const wanted = { names: ['style'], perClass: [], labels: [] };
    await expect(inventAttributes({ model, template }, wanted, { seed: 1 })).rejects.toThrow(
      'no list of values for style',
    );
    await expect(inventContexts({ model, template }, { what: 'title', count: 2 }, { seed: 1 })).rejects.toThrow(
      'names no title',
    );
  });
});
