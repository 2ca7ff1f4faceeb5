import type { CurveReader, ScoreTable } from '../scores/score-table.js';
import type { LogitGradients, Weights } from './weights.js';

/** A record in a block: where it stands in the table, and which of the block's contexts is its own (−1: none). */
export interface Place {
  readonly position: number;
  readonly own: number;
  /** The exemplar that the record is itself, or −1. */
  readonly masked: number;
}

/** Arrays in which gradients are gathered; those in the weights are left out where only temperatures move. */
export interface Gradients {
  readonly logits?: LogitGradients | undefined;
  readonly inTemperatures: Float64Array;
}

/** Parts that the records of a block have in common. */
export interface BlockParts {
  readonly table: ScoreTable;
  readonly weights: Weights;
  readonly readers: readonly CurveReader[];
  /** Whether each record sees its own context only, or all but its own. */
  readonly conditional: boolean;
  /** Arrays in which gradients are gathered; absent: only likelihoods are wanted. */
  readonly gradients?: Gradients | undefined;
}

/** A share of the normalizer below which what an exemplar leaves of it is summed anew: the difference would have lost its digits. */
const CANCELED_SHARE = 1e-5;

/** The log-likelihoods of the records of one block and their gradients, one record after the other; `finish` completes the gradients. */
export class BlockStep {
  readonly #parts: BlockParts;
  readonly #contexts: number;
  readonly #personas: Int32Array;
  readonly #exemplars: Int32Array;
  /** 1/ρ of each candidate, or 1. */
  readonly #candidate: Float64Array;
  /** ω of every candidate in every context with no mask, P × C, and its sum over contexts. */
  readonly #shares: Float64Array;
  readonly #sums: Float64Array;
  /** Σ_s w_s/ρ_s, in each context where records have their own, else in their mean. */
  readonly #totals: Float64Array;
  /** Gradient in ω, gathered over records: in all contexts, and apart in single ones. */
  readonly #common: Float64Array;
  readonly #single: Float64Array;
  /** Records that were divided by each of the totals. */
  readonly #divided: Float64Array;
  /** 1 / normalizer without the masked exemplar, of each pair of the present record in each context. */
  #inverse: Float64Array;

  constructor(parts: BlockParts) {
    this.#parts = parts;
    const { table, weights, gradients } = parts;
    const [count, contexts] = [table.pairs.length, weights.contexts];
    this.#contexts = contexts;
    this.#personas = Int32Array.from(table.pairs, ({ persona }) => persona);
    this.#exemplars = Int32Array.from(table.pairs, ({ exemplar }) => exemplar);
    this.#candidate = table.logCandidate?.map((value) => Math.exp(-value)) ?? new Float64Array(count).fill(1);
    this.#shares = new Float64Array(count * contexts);
    this.#sums = new Float64Array(count);
    this.#totals = new Float64Array(parts.conditional ? contexts : 1);
    this.#common = new Float64Array(gradients ? count : 0);
    this.#single = new Float64Array(gradients ? count * contexts : 0);
    this.#divided = new Float64Array(this.#totals.length);
    this.#inverse = new Float64Array(contexts);
    this.#shareOut();
  }

  #shareOut(): void {
    const { pi, u, v, z } = this.#parts.weights;
    const C = this.#contexts;
    for (let s = 0; s < this.#sums.length; s++) {
      const [k, j] = [this.#personas[s], this.#exemplars[s]];
      const value = v.data[k * v.cols + j];
      for (let c = 0; c < C; c++) {
        const share = (pi.data[k * C + c] * u.data[j * C + c] * value) / z.data[k * C + c];
        this.#shares[s * C + c] = share;
        this.#sums[s] += share;
        this.#totals[this.#parts.conditional ? c : 0] += share * this.#candidate[s];
      }
    }
    if (!this.#parts.conditional) this.#totals[0] /= C;
  }

  /** ℓ of one record, −∞ where float64 cannot hold it. */
  record(place: Place): number {
    const { table, readers, gradients, conditional } = this.#parts;
    const { position, own } = place;
    const { pairs, logInclusion } = table.records[position];
    const first = table.offsets[position];
    const weights = new Float64Array(pairs.length);
    const terms = new Float64Array(pairs.length);
    let largest = -Infinity;
    for (let m = 0; m < pairs.length; m++) {
      const s = pairs[m];
      weights[m] = this.#weightOf(place, s, m);
      terms[m] =
        Math.log(weights[m] * this.#candidate[s]) - logInclusion[m] + readers[this.#personas[s]].value(first + m);
      if (terms[m] > largest) largest = terms[m];
    }
    let total = 0;
    for (let m = 0; m < terms.length; m++) total += terms[m] = Math.exp(terms[m] - largest);
    if (!Number.isFinite(largest + total)) return -Infinity;
    const bounded = table.logCandidate !== undefined;
    if (gradients) {
      for (let m = 0; m < pairs.length; m++) {
        const share = terms[m] / total;
        if (share === 0) continue;
        const k = this.#personas[pairs[m]];
        gradients.inTemperatures[k] += share * readers[k].slope(first + m);
        if (gradients.logits) this.#gather(place, { s: pairs[m], m }, share / weights[m]);
      }
      if (bounded) this.#divided[conditional ? own : 0]++;
    }
    return largest + Math.log(total) - (bounded ? Math.log(this.#totals[conditional ? own : 0]) : 0);
  }

  /** Number of contexts that a record's weights are the mean of, and the one left out. */
  #meanOf(own: number): { readonly count: number; readonly left: number } {
    const C = this.#contexts;
    if (this.#parts.conditional) return { count: 1, left: -1 };
    return own >= 0 && C > 1 ? { count: C - 1, left: own } : { count: C, left: -1 };
  }

  /** w of the m-th pair of a record, s. */
  #weightOf({ own, masked }: Place, s: number, m: number): number {
    const C = this.#contexts;
    const { count, left } = this.#meanOf(own);
    if (masked < 0) {
      if (this.#parts.conditional) return this.#shares[s * C + own];
      return left < 0 ? this.#sums[s] / count : Math.max(0, this.#sums[s] - this.#shares[s * C + left]) / count;
    }
    const [k, j] = [this.#personas[s], this.#exemplars[s]];
    if (j === masked) return 0;
    const { pi, u, v } = this.#parts.weights;
    const [from, to] = this.#parts.conditional ? [own, own + 1] : [0, C];
    this.#fillInverse({ k, masked, m, from, to });
    const inverse = this.#inverse;
    let sum = 0;
    for (let c = from, at = m * C + from; c < to; c++, at++) {
      if (c !== left) sum += pi.data[k * C + c] * u.data[j * C + c] * inverse[at];
    }
    return (sum * v.data[k * v.cols + j]) / count;
  }

  /** 1/(Z_kc − U_oc V_ko) of the contexts from … to. */
  #fillInverse({ k, masked, m, from, to }: Record<'k' | 'masked' | 'm' | 'from' | 'to', number>): void {
    const { u, v, z } = this.#parts.weights;
    const C = this.#contexts;
    const value = v.data[k * v.cols + masked];
    if (this.#inverse.length < (m + 1) * C) {
      const longer = new Float64Array(2 * (m + 1) * C);
      longer.set(this.#inverse);
      this.#inverse = longer;
    }
    for (let c = from; c < to; c++) {
      const all = z.data[k * C + c];
      let rest = all - u.data[masked * C + c] * value;
      if (!(rest > CANCELED_SHARE * all)) {
        rest = 0;
        for (let j = 0; j < v.cols; j++) if (j !== masked) rest += u.data[j * C + c] * v.data[k * v.cols + j];
      }
      this.#inverse[m * C + c] = 1 / rest;
    }
  }

  /** Takes ∂ℓ/∂w of a record's m-th pair in. */
  #gather(place: Place, { s, m }: { s: number; m: number }, amount: number): void {
    const C = this.#contexts;
    const { own } = place;
    const { count, left } = this.#meanOf(own);
    if (place.masked >= 0) this.#gatherMasked(place, { s, m, left }, amount / count);
    else if (this.#parts.conditional) this.#single[s * C + own] += amount;
    else {
      this.#common[s] += amount / count;
      if (left >= 0) this.#single[s * C + left] -= amount / count;
    }
  }

  #gatherMasked({ own, masked }: Place, { s, m, left }: Record<'s' | 'm' | 'left', number>, amount: number): void {
    const { weights, gradients, conditional } = this.#parts;
    const [k, j] = [this.#personas[s], this.#exemplars[s]];
    if (!gradients?.logits || j === masked) return;
    const { pi, u, v } = weights;
    const { s: dS, z: dZ, u: dU, v: dV } = gradients.logits;
    const C = this.#contexts;
    const inverse = this.#inverse;
    const [from, to] = conditional ? [own, own + 1] : [0, C];
    const [value, maskedValue] = [v.data[k * v.cols + j] * amount, v.data[k * v.cols + masked]];
    let [inPair, back] = [0, 0];
    for (let c = from, at = m * C + from; c < to; c++, at++) {
      if (c === left) continue;
      const share = pi.data[k * C + c] * u.data[j * C + c] * value * inverse[at];
      const over = share * inverse[at];
      // `pullBack` takes the whole Σ_j U V off, the masked exemplar in it: that is put back here.
      const returned = over * u.data[masked * C + c] * maskedValue;
      dS.data[k * C + c] += share;
      dZ.data[k * C + c] += over;
      dU.data[j * C + c] += share;
      dU.data[masked * C + c] += returned;
      inPair += share;
      back += returned;
    }
    dV.data[k * v.cols + j] += inPair;
    dV.data[k * v.cols + masked] += back;
  }

  /** Spreads what was gathered over pairs and contexts into the logits. */
  finish(): void {
    const { weights, gradients, conditional } = this.#parts;
    if (!gradients?.logits) return;
    const { s: dS, u: dU, v: dV, z: dZ } = gradients.logits;
    const C = this.#contexts;
    for (let s = 0; s < this.#sums.length; s++) {
      const [k, j] = [this.#personas[s], this.#exemplars[s]];
      let inPair = 0;
      for (let c = 0; c < C; c++) {
        const t = conditional ? c : 0;
        const outOf = (this.#divided[t] * this.#candidate[s]) / this.#totals[t] / (conditional ? 1 : C);
        const amount = (this.#common[s] + this.#single[s * C + c] - outOf) * this.#shares[s * C + c];
        dS.data[k * C + c] += amount;
        dU.data[j * C + c] += amount;
        dZ.data[k * C + c] += amount / weights.z.data[k * C + c];
        inPair += amount;
      }
      dV.data[k * weights.v.cols + j] += inPair;
    }
  }
}
