import { describe, expect, it } from '@jest/globals';
import { fitMixture, fitScores, preparePopulation, type MixtureProgress, type PairRequest } from '../../src/index.js';
import { nullPopulation } from '../../bench/nulls.mjs';
import { gaussian, toyCurve } from '../support/toy.js';

const options = { temperatureRange: [0.5, 2], design: { perRecord: 12 } } as const;

describe('fitMixture', () => {
  it('asks for each score once, pair by pair, within its budget, and gives the same bits again', async () => {
    const { population, score } = nullPopulation({ records: 60, seed: 3, strength: 6 });
    const asked: PairRequest[][] = [];
    const progress: MixtureProgress[] = [];
    const run = () =>
      fitMixture(
        population,
        (requests) => {
          asked.push([...requests]);
          return score(requests);
        },
        { ...options, onStep: (one) => progress.push(one) },
      );
    const fit = await run();
    const keys = asked.flat().map(({ record, persona, exemplar }) => `${record}/${persona}/${exemplar}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(fit.design.scored);
    expect(keys.length).toBeLessThanOrEqual(fit.design.scores);
    for (const batch of asked) {
      const pairs = batch.map(({ persona, exemplar }) => persona * 8 + exemplar);
      expect(pairs).toEqual([...pairs].sort((a, b) => a - b));
    }
    expect(progress.filter(({ kind }) => kind === 'step')).toHaveLength(4);
    expect((await run()).gate).toEqual(fit.gate);
    const again = fitScores(population, fit.table, options);
    expect(again.gate).toEqual(fit.gate);
  });

  it('finds a planted gate, and says which step found it', async () => {
    const { population, score, expected } = nullPopulation({ records: 200, seed: 1, strength: 8 });
    const fit = await fitMixture(population, score, { ...options, design: { perRecord: 32 } });
    expect(fit.fitted).toBe(true);
    expect(fit.steps.filter(({ kept }) => kept).at(-1)?.name).toBe(fit.step);
    expect(fit.gain).toBeGreaterThan(3 * fit.standardError);
    expect(expected(fit.gate) - expected(fit.uniform)).toBeGreaterThan(0.15);
  });

  it('has no gain beyond two standard errors where equal weights are the truth, and calls nothing fitted then', async () => {
    let beyond = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { population, score } = nullPopulation({ records: 60, seed, strength: 0 });
      const fit = await fitMixture(population, score, { ...options, seed, steps: ['biases'] });
      if (fit.gain > 2 * fit.standardError) beyond++;
      if (!fit.fitted) expect([fit.step, fit.gain, fit.standardError]).toEqual(['uniform', 0, 0]);
      expect(fit.fitted).toBe(fit.step !== 'uniform');
    }
    expect(beyond).toBeLessThanOrEqual(1);
  });

  it('refuses what it cannot fit with a sentence, and stops when aborted', async () => {
    const { population, score } = nullPopulation({ records: 12, seed: 1 });
    await expect(fitMixture(population, score, { folds: 40 })).rejects.toThrow(/folds must be an integer from 2 to 12/);
    await expect(fitMixture(population, score, { training: [99] })).rejects.toThrow(/rows 0 … 11/);
    await expect(fitMixture(population, () => Promise.resolve([]))).rejects.toThrow(/Answer each request once/);
    const impossible = () => ({ ...toyCurve(-1, 1), logProbability: () => -Infinity });
    await expect(fitMixture(population, (requests) => Promise.resolve(requests.map(impossible)))).rejects.toThrow(
      /finite/,
    );
    const { table } = await fitMixture(population, score);
    const own = Int32Array.from({ length: 12 }, () => -1);
    own[3] = 0;
    const { records, pairs } = table;
    const alone = { ...records[3], pairs: records[3].pairs.filter((s) => pairs[s].exemplar === 0) };
    expect(() => fitScores({ ...population, ownExemplar: own }, { ...table, records: records.with(3, alone) })).toThrow(
      /other exemplar for every record, got only pairs with its own exemplar for record 3/,
    );
    const single = {
      ...population,
      exemplars: {
        ...population.exemplars,
        rows: 1,
        data: population.exemplars.data.slice(0, population.exemplars.cols),
      },
    };
    const refused = { ...single, ownExemplar: own };
    expect(() => fitScores(refused, table)).toThrow(/Give at least two exemplars/);
    const asked = (): never => {
      throw new Error('asked');
    };
    await expect(fitMixture(refused, asked)).rejects.toThrow(/Give at least two exemplars/);
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(fitMixture(population, score, { signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('preparePopulation', () => {
  it('centers each kind by itself and keeps the centers for later embeddings', () => {
    const raw = { records: gaussian(9, 5, 1), personas: gaussian(3, 5, 2), exemplars: gaussian(4, 5, 3) };
    const prepared = preparePopulation(raw);
    for (const { data, rows } of [prepared.records, prepared.personas, prepared.exemplars]) {
      const squares = data.reduce((sum, value) => sum + value * value, 0);
      expect(squares).toBeCloseTo(rows, 10);
    }
    expect(preparePopulation(raw, { centers: prepared.centers })).toEqual(prepared);
    const one = preparePopulation({ ...raw, personas: gaussian(1, 5, 2) });
    expect(one.centers.personas).toBe(one.centers.records);
  });
});
