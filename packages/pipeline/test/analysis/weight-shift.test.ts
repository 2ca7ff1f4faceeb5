import { describe, expect, it } from '@jest/globals';
import { uniformGate, type Gate, type Population } from '@mixture-of-personas/gating';
import { matrixOf } from '@mixture-of-personas/numeric';
import { shiftSentence, shiftTable } from '../../src/cards/shift-table.js';
import { weightShift, type WeightShift } from '../../src/analysis/weight-shift.js';

const population: Population = {
  records: matrixOf([
    [1, 0],
    [0, 1],
  ]),
  personas: matrixOf([
    [1, 0],
    [0, 1],
  ]),
  exemplars: matrixOf([
    [1, 0],
    [0, 1],
    [-1, 0],
  ]),
  ownExemplar: Int32Array.of(0, -1),
};
const equal = uniformGate({ hidden: 2, d: 2, personas: 2, seed: 0 });
const identity = matrixOf([
  [1, 0],
  [0, 1],
]);
/** x, g and e as the embeddings are, g·e left out by W_g 0. */
const seeing: Gate = { ...equal, inputWeights: identity, exemplarWeights: identity };

const shiftBy = (gate: Gate, masked: boolean): WeightShift =>
  weightShift({
    gate,
    population,
    masked,
    training: Int32Array.of(0, 1),
    personas: ['a', 'b'].map((id) => ({ id, persona: `persona ${id}`, source: 'keywords' as const })),
    exemplars: [1790, 1795, 1990].map((year, i) => ({ id: `e${i}`, text: `text ${i}`, context: `in ${year}` })),
  });

describe('weightShift', () => {
  it('finds nothing moved by equal weights', () => {
    const { personas, exemplars } = shiftBy(equal, false);
    expect([personas.gained, personas.lost, exemplars.gained, exemplars.lost]).toEqual([[], [], [], []]);
    expect(personas.effective).toBeCloseTo(2, 12);
    expect(exemplars.effective).toBeCloseTo(3, 12);
  });

  it('averages softmax(x·e) over the records, each without its own exemplar where it is masked', () => {
    // Record 0 without exemplar 0: softmax(0, −1); record 1: softmax(0, 1, 0).
    const [a, b] = [1 + Math.exp(-1), 2 + Math.E];
    const weights = [1 / b / 2, 1 / a / 2 + Math.E / b / 2, Math.exp(-1) / a / 2 + 1 / b / 2];
    const { exemplars, groups } = shiftBy(seeing, true);
    expect(exemplars.gained.map(({ id }) => id)).toEqual(['e1']);
    expect(exemplars.gained[0].weight).toBeCloseTo(weights[1], 12);
    expect(exemplars.lost.map(({ id }) => id)).toEqual(['e0', 'e2']);
    expect(exemplars.lost[1].weight).toBeCloseTo(weights[2], 12);
    const late = groups!.rows.at(-1)!;
    expect([groups!.over, late.name]).toEqual(['year', '1990s']);
    expect([late.equal, late.weight]).toEqual([expect.closeTo(1 / 3, 12), expect.closeTo(weights[2], 12)]);
  });
});

describe('its words', () => {
  it('say that there was nothing to gain where no gate was fitted', () => {
    expect(shiftSentence(shiftBy(equal, false), { rows: [] })).toMatch(/^There was nothing to gain/);
  });

  it('list what gained first, as multiples of its equal weight', () => {
    const { rows } = shiftTable(shiftBy(seeing, true));
    expect(rows.map(([name]) => name)).toEqual(['exemplar gained', 'exemplar lost', 'exemplar lost']);
    expect(rows[0]).toEqual(['exemplar gained', '2.0', '[in 1795] text 1']);
  });
});
