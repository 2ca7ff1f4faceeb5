import { describe, expect, it } from '@jest/globals';
import type { Encoder } from '@mixture-of-personas/encoder';
import { fakeModel, promptText } from '@mixture-of-personas/llm/testing';
import { chooseDemonstrations } from '../../src/baselines/picle.js';
import { statedTexts } from '../../src/baselines/verbalized.js';
import { likelihoodRatios, modelRatios, picle, promptContrast } from '../../src/baselines/picle.js';
import { proGen } from '../../src/baselines/progen.js';
import { verbalizedSampling } from '../../src/baselines/verbalized.js';
import {
  simulateBaseline,
  templateFor,
  type Baseline,
  type BaselineOptions,
  type SyntheticRow,
} from '../../src/index.js';
import { all, topicEmbeddings, topicRecords } from '../support/records.js';

const template = templateFor('ag-news');
const labels = template.classes!;
const about = { template, seed: 5, labels, contexts: [] };

const simulated = (baseline: Baseline, options: Partial<BaselineOptions> = {}): Promise<SyntheticRow[]> =>
  all(simulateBaseline({ baseline, model: fakeModel(), template }, { count: 40, seed: 5, ...options }));

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

  it('refuses a block without the rows that its feedback comes from', () =>
    expect(run({ from: 48, count: 16 })).rejects.toThrow(
      'ProGen writes row 48 by feedback on the 40 rows first written, and got 0 of them.',
    ));

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

  it('refuses a single class', () => {
    expect(() => proGen({ ...input, labels: ['one'] })).toThrow('at least two classes, got 1');
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
    const plans = await picle({ ...about, pool, ratios }).plan([0, 1], []);
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
    const input = { ...about, labels: ['sea', 'garden'], pool, ratios: direct } as const;
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
    expect(() => picle({ ...about, pool, ratios: [1] })).toThrow('1 for 12 were given');
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

  it('asks for more tokens', async () => {
    const [plan] = await verbalizedSampling({ ...about, maxTokens: 50 }).plan([0], []);
    expect(plan.maxTokens).toBe(250);
  });
});
