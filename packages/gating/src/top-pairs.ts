import { rowOf, SettingError, topK } from '@mixture-of-personas/numeric';
import type { Mixture } from './mixture.js';
import { emptyPairTable, type PairTable } from './pair-table.js';

/** Room for rounding when a bound is compared: far above float64's, far below any difference that matters. */
const SLACK = 1e-9;

/** Nearest exemplars of a context and of a persona that are looked at before all are: enough for the M best in nearly every pair of the two. */
const CANDIDATES = 64;
/** With more pairs than this to find, or not many more exemplars than candidates, all are looked at. */
const FEW_PAIRS = 16;

/**
 * The M pairs of largest π_k Ω_kj of every context, largest first, ties to the smaller (k, j): exact, and without B × K × N numbers in memory.
 * Personas are visited by the upper bound min(π_k, π_k exp(max u + max v_k) / Z_k); once it is below the M-th best, the rest cannot win. Of a persona,
 * the exemplars nearest to the context and nearest to the persona are tried in turn, until what is left of both lists together is below the M-th best
 * (the threshold algorithm of Fagin, Lotem & Naor 2003); only where the lists run out first are all N looked at.
 * @param mixture of B contexts
 * @param count M, ≥ 1; a context with fewer pairs gets what it has
 * @throws SettingError when M is not a positive integer
 */
export function topPairs(mixture: Mixture, count: number): PairTable {
  if (!Number.isInteger(count) || count < 1) throw new SettingError('topPairs', 'count', 'a positive integer', count);
  const n = mixture.contextLogits.cols;
  const table = emptyPairTable(mixture.logPersona.rows, count);
  const bests = Array.from({ length: table.rows }, () => new BestPairs(count));
  const nearest = count <= FEW_PAIRS && n >= 4 * CANDIDATES;
  const contexts = bests.map((_, b) => visitorOf(mixture, b, nearest));
  for (const { from, v } of mixture.personaLogits.tiles()) {
    const maxima = Float64Array.from({ length: v.rows }, (_, i) => largestOf(rowOf(v, i)));
    const lists: Int32Array[] = [];
    const personaOf = (i: number): Visited => {
      const row = rowOf(v, i);
      return { k: from + i, row, nearest: nearest ? (lists[i] ??= topK(row, CANDIDATES)) : NONE };
    };
    bests.forEach((best, b) => {
      const bounds = maxima.map((maximum, i) => contexts[b].boundOf(from + i, maximum));
      const order = Array.from(bounds.keys()).sort((one, other) => bounds[other] - bounds[one]);
      for (const i of order) {
        if (bounds[i] + SLACK < best.worst) break;
        contexts[b].visit(personaOf(i), best);
      }
    });
  }
  bests.forEach((best, b) => {
    for (let m = 0; m < best.used; m++) {
      table.personas[b * count + m] = Math.floor(best.indices[m] / n);
      table.exemplars[b * count + m] = best.indices[m] % n;
      table.logWeights[b * count + m] = best.values[m];
    }
  });
  return table;
}

const NONE = new Int32Array();

/** A persona with its logits and the exemplars nearest to it. */
interface Visited {
  readonly k: number;
  readonly row: Float64Array;
  readonly nearest: Int32Array;
}

/** What is asked of one context. */
interface Visitor {
  /** Above the log-weight of every pair of a persona. */
  boundOf(k: number, maximum: number): number;
  /** Offers the pairs of a persona that may be among the best. */
  visit(persona: Visited, best: BestPairs): void;
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

  /** The same for a pair that may have been offered before, or is masked. */
  offerOnce(value: number, index: number): void {
    if (value < this.worst || value === -Infinity) return;
    for (let i = 0; i < this.used; i++) if (this.indices[i] === index) return;
    this.offer(value, index);
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

function visitorOf(mixture: Mixture, b: number, withNearest: boolean): Visitor {
  const u = rowOf(mixture.contextLogits, b).slice();
  const out = mixture.masked[b];
  if (out >= 0) u[out] = -Infinity; // never among the best
  const largest = largestOf(u);
  const near = withNearest ? topK(u, CANDIDATES) : NONE;
  const logPersona = rowOf(mixture.logPersona, b);
  const logNormaliser = rowOf(mixture.logNormalisers, b);
  return {
    boundOf: (k, maximum) => logPersona[k] + Math.min(0, largest + maximum - logNormaliser[k]),
    visit({ k, row, nearest }, best) {
      const weightOf = (j: number): number => logPersona[k] + u[j] + row[j] - logNormaliser[k]; // the order of logWeight(), to the last bit
      const tried = Math.min(near.length, nearest.length);
      for (let c = 0; c < tried; c++) {
        const left = logPersona[k] + (u[near[c]] + row[nearest[c]]) - logNormaliser[k];
        if (left + SLACK < best.worst) return;
        best.offerOnce(weightOf(near[c]), k * row.length + near[c]);
        best.offerOnce(weightOf(nearest[c]), k * row.length + nearest[c]);
      }
      scanAll(weightOf, { k, row, out }, best, tried > 0);
    },
  };
}

function scanAll(
  weightOf: (j: number) => number,
  { k, row, out }: { readonly k: number; readonly row: Float64Array; readonly out: number },
  best: BestPairs,
  again: boolean,
): void {
  let worst = best.worst;
  for (let j = 0; j < row.length; j++) {
    const value = weightOf(j);
    if (value < worst || j === out) continue;
    if (again) best.offerOnce(value, k * row.length + j);
    else best.offer(value, k * row.length + j);
    worst = best.worst;
  }
}

function largestOf(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  return largest;
}
