import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';
import { rowId } from '../simulate/write-rows.js';
import type { PopulationRecord, SyntheticRow } from '../record.js';
import { defineSource, type TextSource } from '../text-source/source.js';

/**
 * The exemplars themselves as the simulated set: in a seeded order, pass after pass, so that each is used equally often up to one time. Any
 * text generator that a distance ranks below this does not beat copying (docs/decisions/0122).
 */
export const resampledSource: TextSource = defineSource({
  name: 'resampled-exemplars',
  title: 'Resampled exemplars',
  about: 'The exemplars themselves, unchanged, in a seeded order. No model writes anything.',
  needs: ['exemplars'],
  settings: {},
  async make(context) {
    const { exemplars } = await context.exemplars();
    return async function* (from, to) {
      for (let row = from; row < to; row++) yield await Promise.resolve(resampledRow(exemplars, context.seed, row));
    };
  },
});

/** Index of the exemplar, of `n`, that stands in row `row` of the set. */
export function resampledExemplar(n: number, seed: number, row: number): number {
  const order = sampleWithoutReplacement(n, n, randomFor(seed, 'resampled exemplars', Math.floor(row / n)));
  return order[row % n]!;
}

function resampledRow(exemplars: readonly PopulationRecord[], seed: number, row: number): SyntheticRow {
  const n = exemplars.length;
  const { id, text, label, context } = exemplars[resampledExemplar(n, seed, row)]!;
  return {
    id: rowId(row),
    text,
    label: label ?? null,
    context: context ?? null,
    personaId: '',
    exemplarId: id,
    personaProbability: 1,
    exemplarProbability: 1 / n,
    temperature: 1,
    seed,
    model: 'none',
    promptLabel: 'never',
    promptHash: '',
  };
}
