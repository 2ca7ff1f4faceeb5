import { describe, expect, it } from '@jest/globals';
import type { Encoder } from '@mixture-of-personas/encoder';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import type { GenerateRequest } from '@mixture-of-personas/llm';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDemonstrations } from '../../src/baselines/picle.js';
import { statedTexts } from '../../src/baselines/verbalized.js';
import {
  attributesFromFiles,
  attrPrompt,
  inventAttributes,
  inventContexts,
  likelihoodRatios,
  modelRatios,
  ownAttributes,
  picle,
  proGen,
  promptContrast,
  promptHash,
  renderPrompt,
  simulateBaseline,
  templateFor,
  templateNames,
  verbalizedSampling,
  zeroGen,
  type Baseline,
  type BaselineOptions,
  type SyntheticRow,
} from '../../src/index.js';
import { all, topicEmbeddings, topicRecords } from '../support/records.js';

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
  });

  it('refuses settings that do not fit', async () => {
    await expect(simulated(zeroGen(about), { temperature: 0 })).rejects.toThrow(
      'temperature must be a positive number',
    );
    await expect(simulated(zeroGen(about), { from: 3 })).rejects.toThrow('earlier must be the 3 rows before row 3');
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

describe('proGen', () => {
  const encoder: Encoder = {
    id: 'fake',
    fingerprint: 'fake',
    truncated: 0,
    embed: (texts) => Promise.resolve(topicEmbeddings(texts.length) as never),
    close: () => Promise.resolve(),
  };
  const options = { minRows: 24, every: 16, demonstrations: 2, pool: 4 };
  const input = { ...about, encoder };
  const run = (more: Partial<BaselineOptions> = {}): Promise<SyntheticRow[]> =>
    simulated(proGen(input, options), { count: 64, block: 8, ...more });

  it('shows texts of the same class, written before, to about half of the rows from minRows on', async () => {
    const rows = await run();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const shown = rows.filter(({ exemplarId }) => exemplarId !== '');
    expect(shown.every(({ id }) => id >= 's000024')).toBe(true);
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.length).toBeLessThan(32);
    for (const row of shown) {
      for (const id of row.exemplarId.split('+')) {
        expect(byId.get(id)?.label).toBe(row.label);
        const limit = row.id < 's000040' ? 's000024' : row.id < 's000056' ? 's000040' : 's000056';
        expect(id < limit).toBe(true);
      }
    }
  });

  it('gives the same rows after a resume', async () => {
    const whole = await run();
    expect(await run({ from: 48, count: 16, earlier: whole.slice(0, 48) })).toEqual(whole.slice(48));
  });

  it('draws again what repeats a shown text', async () => {
    const same = simulateBaseline(
      {
        baseline: proGen(input, options),
        model: fakeModel({ write: ({ row }) => `text ${row % 4} is amber` }),
        template,
      },
      { count: 32, seed: 5, block: 8, retries: 0 },
    );
    const flagged = (await all(same)).filter(({ flag }) => flag === 'empty');
    expect(flagged.length).toBeGreaterThan(0);
    expect(flagged.every(({ exemplarId }) => exemplarId !== '')).toBe(true);
  });

  it('refuses a single class and settings out of range', () => {
    expect(() => proGen({ ...input, labels: ['one'] })).toThrow('at least two classes, got 1');
    expect(() => proGen(input, { every: 0 })).toThrow('every must be a whole number from 1 on');
    expect(() => proGen(input, { feedbackShare: 2 })).toThrow('feedbackShare must be from 0 to 1');
  });
});

describe('picle', () => {
  const pool = topicRecords(12);
  const target = fakeModel({ logProbability: ({ completion }) => -0.5 * completion.length });
  const reference = fakeModel({ logProbability: ({ completion }) => -completion.split('e').length * 7 });
  const direct = pool.map(({ text }) => -0.5 * text.length + text.split('e').length * 7);

  it('takes the texts of largest likelihood ratio, as computed directly, the best next to the request', async () => {
    const ratios = await modelRatios({ target, reference }, pool);
    expect(Array.from(ratios)).toEqual(direct);
    const best = direct.map((ratio, i) => ({ ratio, i })).sort((a, b) => b.ratio - a.ratio || a.i - b.i);
    const plans = await picle({ ...about, pool, ratios, name: 'PICLe' }).plan([0, 1], []);
    expect(plans[0].shown).toEqual([2, 1, 0].map((rank) => pool[best[rank].i].id));
    const text = promptText(plans[0].prompt);
    const places = plans[0].shown!.map((id) => text.indexOf(pool.find((record) => record.id === id)!.text));
    expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true);
  });

  it('reads the same ratios from scores by id', () => {
    const scores = new Map(pool.map(({ id }, i) => [id, { target: direct[i] - 3, reference: -3 }]));
    likelihoodRatios(pool, scores).forEach((ratio, i) => expect(ratio).toBeCloseTo(direct[i], 10));
    expect(() => likelihoodRatios(pool, new Map())).toThrow('no two scores for the text r0');
  });

  it('shows a class its own texts only (PICLe⁺)', async () => {
    const input = { ...about, labels: ['sea', 'garden'], pool, ratios: direct, name: 'PICLe' } as const;
    const [sea, garden] = await picle(input, { sampling: 2 }).plan([0, 1], []);
    expect(sea.shown!.every((id) => pool.find((record) => record.id === id)!.label === 'sea')).toBe(true);
    expect(garden.shown!.every((id) => pool.find((record) => record.id === id)!.label === 'garden')).toBe(true);
    const [any] = await picle({ ...input, ratios: direct }, { matchLabels: false }).plan([0], []);
    expect(any.shown).toHaveLength(3);
  });

  it('draws by exp(δ/T): the first of two texts δ apart is chosen 1/(1 + exp(−δ/T)) of the time', () => {
    let state = 1;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const draws = Array.from({ length: 4000 }, () =>
      chooseDemonstrations([1, 0], [0, 1], { demonstrations: 1, sampling: 0.5, random }),
    );
    const share = draws.filter(([i]) => i === 0).length / 4000;
    expect(Math.abs(share - 1 / (1 + Math.exp(-2)))).toBeLessThan(0.02);
  });

  it('has a prompt contrast of its own name', async () => {
    const model = fakeModel({ logProbability: ({ prompt }) => (promptText(prompt).includes('news') ? -2 : -5) });
    expect(Array.from(await promptContrast({ model, template }, pool.slice(0, 2)))).toEqual([3, 3]);
  });

  it('refuses ratios that do not fit the pool', () => {
    expect(() => picle({ ...about, pool, ratios: [1], name: 'PICLe' })).toThrow('1 for 12 were given');
  });
});

describe('verbalizedSampling', () => {
  it('reads texts and what is stated for them', () => {
    expect(
      statedTexts('Here:\n1. Oil falls. [0.7]\n2) "Rates rise" (probability: 20%)\n3. Shares end at 101', template),
    ).toEqual([
      { text: 'Oil falls.', probability: 0.7 },
      { text: 'Rates rise', probability: 0.2 },
      { text: 'Shares end at 101', probability: undefined },
    ]);
    expect(statedTexts('Just one text.', template)).toEqual([{ text: 'Just one text.', probability: undefined }]);
    expect(statedTexts('', template)).toEqual([]);
  });

  it('draws one of them by what is stated', async () => {
    const model = fakeModel({ write: () => '1. often [0.8]\n2. seldom [0.2]' });
    const baseline = verbalizedSampling({ ...about, maxTokens: 50 }, { candidates: 2 });
    const rows = await all(simulateBaseline({ baseline, model, template }, { count: 400, seed: 5 }));
    const often = rows.filter(({ text }) => text === 'often').length / 400;
    expect(Math.abs(often - 0.8)).toBeLessThan(0.07);
  });

  it('asks for more tokens and refuses fewer than two texts', async () => {
    const [plan] = await verbalizedSampling({ ...about, maxTokens: 50 }).plan([0], []);
    expect(plan.maxTokens).toBe(250);
    expect(() => verbalizedSampling({ ...about, maxTokens: 50 }, { candidates: 1 })).toThrow('candidates');
  });
});
