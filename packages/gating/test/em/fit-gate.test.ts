import { describe, expect, it } from '@jest/globals';
import { fitGate, fitGateSteps } from '../../src/em/fit-gate.js';
import type { FitOptions, FitStep, PairChoice } from '../../src/em/options.js';
import { encodeGate } from '../../src/format/gate-format.js';
import { initialGate, randomGate } from '../../src/mixture/initial.js';
import { noContext } from '../../src/mixture/population.js';
import { drain, exactLogLikelihood, toyPopulation, toyScorer } from '../support/toy.js';

const population = toyPopulation(60, 5, 12);
const gate = initialGate({ d: 6, personas: 5, hidden: 4, temperature: 1 }, { similarity: 1 });
const heldOut = Array.from({ length: 20 }, (_, i) => 40 + i);
const base: FitOptions = { gate, heldOut, topM: 3, batchSize: 8, epochs: 4, learningRate: 0.02, seed: 5, patience: 9 };

const fit = (options: Partial<FitOptions> = {}, scorer = toyScorer(population)) =>
  drain(fitGateSteps(population, scorer, { ...base, ...options }));

describe('fitGate', () => {
  it('resolves to what fitGateSteps returns, and calls onStep with its steps', async () => {
    const seen: FitStep[] = [];
    const result = await fitGate(population, toyScorer(population), {
      ...base,
      onStep: (step) => void seen.push(step),
    });
    const { steps, result: expected } = await fit();
    expect(result).toEqual(expected);
    expect(seen).toEqual(steps);
  });

  it('has the paper’s procedure as a preset: top M, own exemplar masked, AdamW, no biases', async () => {
    const given: FitOptions = { gate, heldOut, batchSize: 8, epochs: 3, learningRate: 0.02, seed: 5 };
    const preset = await fitGate(population, toyScorer(population), { ...given, preset: 'paper' });
    const spelled = await fitGate(population, toyScorer(population), {
      ...given,
      topM: 4,
      exploration: { kind: 'top' },
      optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      selfMask: 1,
    });
    expect(preset.gate).toEqual(spelled.gate);
    expect([preset.gate.inputBias, preset.gate.exemplarBias].every((bias) => bias.every((b) => b === 0))).toBe(true);
  });

  it('moves the biases only when the fit is affine', async () => {
    const { gate: affine } = await fitGate(population, toyScorer(population), { ...base, heldOut: [], affine: true });
    expect([affine.inputBias, affine.personaBias, affine.exemplarBias].some((bias) => bias.some((b) => b !== 0))).toBe(
      true,
    );
  });

  it('stops with the signal’s reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(fitGate(population, toyScorer(population), { ...base, signal })).rejects.toThrow('enough');
  });
});

describe('fitGateSteps', () => {
  it('raises the held-out log-likelihood of the initial gate and of a random one', async () => {
    for (const start of [gate, randomGate({ d: 6, personas: 5, hidden: 4, temperature: 1 })]) {
      const { result } = await fit({ gate: start, epochs: 12 });
      expect(result.heldOutLogLikelihood!).toBeGreaterThan(result.initialHeldOutLogLikelihood! + 0.05);
      expect(result.epoch).toBeGreaterThan(0);
    }
  });

  it.each([
    ['top', 'adamw'],
    ['gumbel', 'sgd'],
    ['gumbel', 'adagrad'],
  ] as const)('reports every step of a fit with %s and %s', async (exploration, optimizer) => {
    const { steps } = await fit({ exploration: { kind: exploration }, optimizer: { kind: optimizer } });
    expect(steps).toHaveLength(4 * 5);
    for (const [i, step] of steps.entries()) {
      expect(step).toMatchObject({ step: i + 1, steps: 20, epoch: Math.floor(i / 5) + 1, pairsRequested: 24 });
      expect(step.pairsScored).toBeLessThanOrEqual(24);
      expect(step.truncatedBound).toBeLessThan(0);
      expect(step.effectivePersonas).toBeGreaterThanOrEqual(1);
      expect(step.effectivePersonas).toBeLessThanOrEqual(5 + 1e-9);
      expect(step.effectiveExemplars).toBeLessThanOrEqual(12 + 1e-9);
      expect(step.temperature.min).toBeLessThanOrEqual(step.temperature.mean);
      expect('sampledLogLikelihood' in step).toBe(exploration === 'gumbel');
      if (exploration === 'gumbel') expect(step.sampledLogLikelihood!).toBeGreaterThan(step.truncatedBound);
      expect(step.epochEnd === undefined).toBe(i % 5 !== 4);
    }
  });

  it('asks for the same (record, persona, exemplar) once', async () => {
    const scorer = toyScorer(population);
    await fit({ mStepsPerBatch: 3 }, scorer);
    const keys = scorer.asked.map(({ record, persona, exemplar }) => `${record} ${persona} ${exemplar}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([{ kind: 'top' }, { kind: 'gumbel' }] as const)(
    'ends in the same bytes when continued from any epoch ($kind)',
    async (exploration) => {
      const { steps, result } = await fit({ exploration });
      const about = { input: 'record', encoder: 'toy' } as const;
      const whole = encodeGate(result.gate, about).weights;
      for (const { epochEnd } of steps) {
        if (epochEnd === undefined) continue;
        const resumed = await fit({ exploration, checkpoint: epochEnd.checkpoint });
        expect(Buffer.compare(encodeGate(resumed.result.gate, about).weights, whole)).toBe(0);
        expect(resumed.result).toMatchObject({
          epoch: result.epoch,
          heldOutLogLikelihood: result.heldOutLogLikelihood,
        });
      }
    },
  );

  it('refuses a checkpoint of another fit and names what differs', async () => {
    const { steps } = await fit({ epochs: 1 });
    const checkpoint = steps.at(-1)!.epochEnd!.checkpoint;
    await expect(fit({ checkpoint, learningRate: 0.5, seed: 6 })).rejects.toMatchObject({
      code: 'gate-format',
      message: expect.stringContaining('learningRate, seed'),
    });
    const other = initialGate({ d: 6, personas: 5, hidden: 4, temperature: 1, seed: 1 });
    await expect(fit({ checkpoint, gate: other })).rejects.toThrow(/fit with other gate;/);
    await expect(fit({ checkpoint: checkpoint.subarray(0, 100) })).rejects.toMatchObject({ code: 'gate-format' });
  });

  it('stops when held-out records say so, and returns the best gate seen', async () => {
    const { steps, result } = await fit({
      learningRate: 3,
      patience: 1,
      epochs: 50,
      exploration: { kind: 'top' },
      topM: 1,
    });
    expect(result.stoppedEarly).toBe(true);
    const ends = steps.flatMap(({ epochEnd }) => epochEnd ?? []);
    const best = Math.max(result.initialHeldOutLogLikelihood!, ...ends.map((end) => end.heldOutLogLikelihood!));
    expect(result.heldOutLogLikelihood).toBe(best);
  });

  it('keeps temperatures inside their range, however hard they are pushed', async () => {
    const { steps } = await fit({ temperatureLearningRate: 5, temperatureRange: [0.5, 1.2], epochs: 6 });
    for (const { temperature } of steps) {
      expect(temperature.min).toBeGreaterThanOrEqual(0.5);
      expect(temperature.max).toBeLessThanOrEqual(1.2);
    }
  });

  it('masks own exemplars always, never, or with the probability asked', async () => {
    const ownExemplar = Int32Array.from({ length: 60 }, (_, i) => (i < 12 ? i : -1));
    const ownShare = async (selfMask: number): Promise<number> => {
      const scorer = toyScorer(population);
      const options = { ...base, training: Array.from({ length: 12 }, (_, i) => i), selfMask, epochs: 8 };
      await drain(fitGateSteps({ ...population, ownExemplar }, scorer, options));
      return scorer.asked.filter(({ record, exemplar }) => ownExemplar[record] === exemplar).length;
    };
    expect(await ownShare(1)).toBe(0);
    expect(await ownShare(0)).toBeGreaterThan(await ownShare(0.7));
    expect(await ownShare(0.7)).toBeGreaterThan(0);
  });

  it('has one mixture for all records when there is no context; top-M then collapses onto its pairs, drawn pairs do not', async () => {
    const blind = { ...population, records: noContext(60, 6) };
    const scorer = toyScorer(population, 24); // by the records themselves: every pair is the best for some
    const options = { ...base, heldOut: [], epochs: 40, learningRate: 0.05, topM: 2, temperatureLearningRate: 0 };
    const fitted = async (exploration: PairChoice) => {
      const { result } = await drain(fitGateSteps(blind, scorer, { ...options, exploration }));
      return { gate: result.gate, ...(await exactLogLikelihood(result.gate, blind, scorer)) };
    };
    const before = await exactLogLikelihood(gate, blind, scorer);
    const collapsed = await fitted({ kind: 'top' });
    const explored = await fitted({ kind: 'gumbel', pairs: 8 });
    expect(collapsed.effectivePairs).toBeLessThan(2.5);
    expect(collapsed.mean).toBeLessThan(before.mean - 1);
    expect(explored.effectivePairs).toBeGreaterThan(5);
    expect(explored.mean).toBeGreaterThan(before.mean);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const generator = fitGateSteps(population, toyScorer(population), { ...base, signal: controller.signal });
    await generator.next();
    controller.abort(new Error('enough'));
    await expect(generator.next()).rejects.toThrow('enough');
  });

  it.each([
    [{ topM: 0 }, /topM.*positive integer.*0/],
    [{ selfMask: 1.5 }, /selfMask/],
    [{ heldOut: [60] }, /heldOut.*0 … 59.*60/],
    [{ training: [1, 45] }, /record 45 in both/],
    [{ temperatureRange: [0, 1] }, /0 < low < high/],
    [{ temperatureRange: [0.2, 0.9] }, /temperatures.*0\.2 … 0\.9.*1/],
    [{ gate: initialGate({ d: 6, personas: 4, hidden: 4 }) }, /5 temperatures.*4/],
    [{ gate: initialGate({ d: 7, personas: 5, hidden: 4 }) }, /4 × 6.*4 × 7/],
  ] as [Partial<FitOptions>, RegExp][])('refuses what does not fit in a sentence: %#', async (options, message) => {
    await expect(fit(options)).rejects.toThrow(message);
  });

  it('says so when the scorer answers too few curves or impossible ones', async () => {
    await expect(drain(fitGateSteps(population, () => Promise.resolve([]), base))).rejects.toThrow(/curves, got 0/);
    const impossible = { logProbability: () => NaN, derivative: () => 0 };
    const options = { ...base, heldOut: [] };
    const scorer = (asked: readonly unknown[]) => Promise.resolve(asked.map(() => impossible));
    await expect(drain(fitGateSteps(population, scorer, options))).rejects.toThrow(/finite log-probability/);
  });
});
