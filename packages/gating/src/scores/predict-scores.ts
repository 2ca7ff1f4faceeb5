import { multiplyByTranspose, takeRows, toFloat64, zeros, type Matrix } from '@mixture-of-personas/numeric';
import type { Population } from '../mixture/population.js';
import { readerAt, type ScoreTable } from './score-table.js';

// log p_ikj ≈ a_i + b_k + c_j + β (h_i · h_j), fitted to the scores of a table by turns; b and c are shrunk as if each had been seen
// a few times more with residual 0.
const [TURNS, SHRINKAGE] = [12, 4];

/**
 * Predictions of log p for every record of a table under each of its pairs, records × P, from the scores that it holds: by record, by
 * persona, by exemplar and by the likeness of record and exemplar.
 * @param temperatures τ of each persona
 */
export function predictScores(
  { records: embeddings, exemplars, personas }: Population,
  table: ScoreTable,
  temperatures: Float64Array,
): Matrix<Float64Array> {
  const rows = table.records.map(({ record }) => record);
  const like = multiplyByTranspose(toFloat64(takeRows(embeddings, rows)), toFloat64(exemplars));
  const readers = Array.from(temperatures, (tau) => readerAt(table, Math.log(tau)));
  const groups = [table.records.length, personas.rows, exemplars.rows].map((size, g) => ({
    values: new Float64Array(size),
    shrinkage: g === 0 ? 0 : SHRINKAGE,
  }));
  const entries = table.records.flatMap(({ pairs }, i) =>
    Array.from(pairs, (s, m) => {
      const { persona: k, exemplar: j } = table.pairs[s];
      return { of: [i, k, j], x: like.data[i * like.cols + j], left: readers[k].value(table.offsets[i] + m) };
    }),
  );
  let beta = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    groups.forEach(({ values, shrinkage }, g) => {
      const [sums, counts] = [new Float64Array(values.length), new Float64Array(values.length)];
      for (const { of, left } of entries) {
        sums[of[g]] += left + values[of[g]];
        counts[of[g]]++;
      }
      const next = sums.map((sum, at) => (counts[at] > 0 ? sum / (counts[at] + shrinkage) : 0));
      for (const entry of entries) entry.left -= next[entry.of[g]] - values[entry.of[g]];
      values.set(next);
    });
    const [xy, xx] = entries.reduce(([a, b], { x, left }) => [a + x * (left + beta * x), b + x * x], [0, 1e-9]);
    for (const entry of entries) entry.left -= (xy / xx - beta) * entry.x;
    beta = xy / xx;
  }
  const [a, b, c] = groups.map(({ values }) => values);
  const out = zeros(table.records.length, table.pairs.length);
  table.pairs.forEach(({ persona, exemplar }, s) => {
    for (let i = 0; i < out.rows; i++) {
      out.data[i * out.cols + s] = a[i] + b[persona] + c[exemplar] + beta * like.data[i * like.cols + exemplar];
    }
  });
  return out;
}
