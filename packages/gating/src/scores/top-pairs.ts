import { rowOf, SettingError, topK } from '@mixture-of-personas/numeric';
import type { Mixture } from '../mixture/mixture.js';
import { emptyPairTable, type PairTable } from './pair-table.js';

/** Room for rounding in log Ω ≤ 0: far above float64's. Other bounds need none, being sums in the order of the weights themselves, which rounding keeps. */
const SLACK = 1e-9;

/** Nearest exemplars of a context and of a persona that are looked at before all are: enough for the M best in nearly every pair of the two. */
const CANDIDATES = 64;
/** With more pairs than this to find, or not many more exemplars than candidates, all are looked at. */
const FEW_PAIRS = 16;

/**
 * The M pairs of largest π_k Ω_kj of every context, largest first, ties to the smaller k and then the smaller j: exact, and without B × K × N numbers in
 * memory. Personas are visited by the upper bound min(π_k, π_k exp(max u + max v_k) / Z_k); once it is below the M-th best, the rest cannot win, nor where
 * it equals that one and has the larger index. Of a persona, the exemplars nearest to the context and nearest to the persona are tried in turn, until what
 * is left of both lists together is below the M-th best (the threshold algorithm of Fagin, Lotem & Naor 2003); where it equals the M-th best, those of
 * smaller index are looked at, and only where the lists run out first all N.
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
        if (!best.admits(bounds[i], (from + i) * n)) break; // those after it have no larger bound, or an equal one and a larger index
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

/** Visitor of the personas of one context. */
interface Visitor {
  /** Above the log-weight of every pair of a persona. */
  boundOf(k: number, maximum: number): number;
  /** Offers the pairs of a persona that may be among the best. */
  visit(persona: Visited, best: BestPairs): void;
}

/** The best so far, sorted: larger values first, of equal ones the smaller index. */
class BestPairs {
  readonly values: Float64Array;
  readonly indices: Float64Array;
  used = 0;
  /** The last of them once there are M; until then anything finite is better. */
  worst = -Infinity;
  worstIndex = -1;

  constructor(count: number) {
    this.values = new Float64Array(count);
    this.indices = new Float64Array(count);
  }

  /** Whether a pair of this value and index, or of less of both, may enter. A value of −∞, as of a masked pair, never may. */
  admits(value: number, index: number): boolean {
    return value > this.worst || (value === this.worst && index < this.worstIndex);
  }

  /** Takes a pair in if it may enter and is not there yet. */
  offer(value: number, index: number): void {
    if (!this.admits(value, index)) return;
    const { values, indices } = this;
    for (let i = 0; i < this.used; i++) if (indices[i] === index) return;
    let at = this.used < values.length ? this.used++ : values.length - 1;
    for (; at > 0 && (values[at - 1] < value || (values[at - 1] === value && indices[at - 1] > index)); at--) {
      values[at] = values[at - 1];
      indices[at] = indices[at - 1];
    }
    values[at] = value;
    indices[at] = index;
    if (this.used < values.length) return;
    this.worst = values[this.used - 1];
    this.worstIndex = indices[this.used - 1];
  }
}

function visitorOf(mixture: Mixture, b: number, withNearest: boolean): Visitor {
  const u = rowOf(mixture.contextLogits, b).slice();
  const out = mixture.masked[b];
  if (out >= 0) u[out] = -Infinity; // never among the best
  const largest = largestOf(u);
  const near = withNearest ? topK(u, CANDIDATES) : NONE;
  const logPersona = rowOf(mixture.logPersona, b);
  const logNormalizer = rowOf(mixture.logNormalizers, b);
  // The order of logWeight(), to the last bit: no pair of smaller u and v comes out larger, so it bounds what it is given maxima of.
  const weightOf = (k: number, uj: number, vkj: number): number => logPersona[k] + uj + vkj - logNormalizer[k];
  return {
    boundOf: (k, maximum) => Math.min(logPersona[k] + SLACK, weightOf(k, largest, maximum)),
    visit({ k, row, nearest }, best) {
      const first = k * row.length;
      const tried = Math.min(near.length, nearest.length);
      let left = Infinity; // above all pairs of this persona that were not tried
      for (let c = 0; c < tried && left > best.worst; c++) {
        left = weightOf(k, u[near[c]], row[nearest[c]]);
        if (left < best.worst) break;
        for (const j of [near[c], nearest[c]]) best.offer(weightOf(k, u[j], row[j]), first + j);
      }
      // Of what is left and equals the last of the best, those that stand before it: none, as a rule.
      const end =
        left > best.worst ? row.length : left < best.worst ? 0 : Math.min(row.length, best.worstIndex - first);
      for (let j = 0; j < end; j++) {
        const value = weightOf(k, u[j], row[j]);
        if (value >= best.worst) best.offer(value, first + j);
      }
    },
  };
}

function largestOf(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > largest) largest = values[i];
  return largest;
}
