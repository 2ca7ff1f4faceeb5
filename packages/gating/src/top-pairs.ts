import { rowOf, SettingError } from '@mixture-of-personas/numeric';
import type { Mixture } from './mixture.js';
import { emptyPairTable, type PairTable } from './pair-table.js';

/** Room for rounding when a bound is compared: far above float64's, far below any difference that matters. */
const SLACK = 1e-9;

/**
 * The M pairs of largest π_k Ω_kj of every context, largest first, ties to the smaller (k, j): exact, and without B × K × N numbers in memory.
 * Personas are visited by the upper bound min(π_k, π_k exp(max u + max v_k) / Z_k); once it is below the M-th best, the rest cannot win.
 * O(B·K·N) time when π is flat, about O(B·N) when it is peaked.
 * @param mixture of B contexts
 * @param count M, ≥ 1; a context with fewer pairs gets what it has
 * @throws SettingError when M is not a positive integer
 */
export function topPairs(mixture: Mixture, count: number): PairTable {
  if (!Number.isInteger(count) || count < 1) throw new SettingError('topPairs', 'count', 'a positive integer', count);
  const n = mixture.contextLogits.cols;
  const personaMaxima = Float64Array.from({ length: mixture.personaLogits.rows }, (_, k) =>
    largestOf(rowOf(mixture.personaLogits, k)),
  );
  const table = emptyPairTable(mixture.logPersona.rows, count);
  for (let b = 0; b < table.rows; b++) {
    const best = new BestPairs(count);
    const bounds = personaBounds(mixture, b, personaMaxima);
    const order = Array.from(bounds.keys()).sort((one, other) => bounds[other] - bounds[one]);
    for (const k of order) {
      if (bounds[k] + SLACK < best.worst) break;
      scanPersona(mixture, b, k, best);
    }
    for (let m = 0; m < best.used; m++) {
      table.personas[b * count + m] = Math.floor(best.indices[m] / n);
      table.exemplars[b * count + m] = best.indices[m] % n;
      table.logWeights[b * count + m] = best.values[m];
    }
  }
  return table;
}

/** The best so far, sorted; `worst` is what a pair must reach to enter. */
class BestPairs {
  readonly values: Float64Array;
  readonly indices: Float64Array;
  used = 0;
  worst = -Infinity;

  constructor(count: number) {
    this.values = new Float64Array(count);
    this.indices = new Float64Array(count);
  }

  offer(value: number, index: number): void {
    const { values, indices } = this;
    let at = this.used < values.length ? this.used++ : values.length;
    if (at === values.length) {
      at--;
      if (value < values[at] || (value === values[at] && index > indices[at])) return;
    }
    for (; at > 0 && (values[at - 1] < value || (values[at - 1] === value && indices[at - 1] > index)); at--) {
      values[at] = values[at - 1];
      indices[at] = indices[at - 1];
    }
    values[at] = value;
    indices[at] = index;
    if (this.used === values.length) this.worst = values[this.used - 1];
  }
}

function scanPersona(mixture: Mixture, b: number, k: number, best: BestPairs): void {
  const n = mixture.contextLogits.cols;
  const at = b * mixture.logPersona.cols + k;
  const logPersona = mixture.logPersona.data[at];
  const logNormaliser = mixture.logNormalisers.data[at];
  const u = mixture.contextLogits.data;
  const v = mixture.personaLogits.data;
  const out = mixture.masked[b];
  let worst = best.worst;
  for (let j = 0, left = b * n, right = k * n; j < n; j++) {
    const value = logPersona + u[left + j] + v[right + j] - logNormaliser; // the order of logWeight(), to the last bit
    if (value < worst || j === out) continue;
    best.offer(value, k * n + j);
    worst = best.worst;
  }
}

function personaBounds(mixture: Mixture, b: number, personaMaxima: Float64Array): Float64Array {
  const row = rowOf(mixture.contextLogits, b);
  const own = mixture.masked[b];
  let largest = -Infinity;
  for (let j = 0; j < row.length; j++) if (row[j] > largest && j !== own) largest = row[j];
  const logPersona = rowOf(mixture.logPersona, b);
  const logNormalisers = rowOf(mixture.logNormalisers, b);
  return personaMaxima.map((maximum, k) => logPersona[k] + Math.min(0, largest + maximum - logNormalisers[k]));
}

function largestOf(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  return largest;
}
