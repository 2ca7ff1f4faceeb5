import { drawPair, mixtureOf, noContext, type Gate, type GateInputs } from '@mixture-of-personas/gating';
import { randomFor, SettingError, ShapeError, takeRows, type Matrix } from '@mixture-of-personas/numeric';

/** Where the (persona, exemplar) of a simulated text comes from. */
export type PairSource =
  /** Drawn from a fitted gate: k ~ Cat(π), j ~ Cat(Ω_k), at the gate's own τ_k. */
  | {
      readonly kind: 'gate';
      readonly gate: Gate;
      /** What the gate sees (DESIGN's `gate.input`): must be what it was fitted with. */
      readonly input: 'context' | 'record' | 'none';
      readonly embeddings: {
        /** One row a training record, of its context or of itself; may be left out for `none`. */
        readonly inputs?: Matrix | undefined;
        /** K × d. */
        readonly personas: Matrix;
        /** N × d. */
        readonly exemplars: Matrix;
      };
      /** For each training record the exemplar that it is itself, or −1: left out as in the fit. */
      readonly ownExemplar?: Int32Array | undefined;
    }
  /** Every pair equally likely; one temperature, or one a persona. The baseline a gate has to beat. */
  | { readonly kind: 'uniform'; readonly temperature: number | Float64Array }
  /** Every persona equally likely, each with one exemplar of its own, such as its nearest: the paper's heuristic in place of a gate. */
  | { readonly kind: 'paired'; readonly temperature: number; readonly exemplarOf: ArrayLike<number> }
  /** No persona and no exemplar: the `zeroShot` prompt. */
  | { readonly kind: 'zero-shot'; readonly temperature: number };

/** What was drawn for one text; no pair for zero-shot. */
export interface RowDraw {
  readonly pair: { readonly persona: number; readonly exemplar: number } | undefined;
  /** π_k; 1 for zero-shot. */
  readonly personaProbability: number;
  /** Ω_kj; 1 for zero-shot. */
  readonly exemplarProbability: number;
  readonly temperature: number;
}

/** Sizes that a source has to fit. */
export interface PairCounts {
  readonly records: number;
  readonly personas: number;
  readonly exemplars: number;
}

/** Draws the pairs of a block of rows: one draw a row, given the training record drawn for it. */
export type PairDrawer = (rows: readonly number[], records: readonly number[]) => RowDraw[];

/**
 * A drawer for a source; row i's pair depends on (seed, i) and its record alone.
 * @throws ShapeError or SettingError when the source does not fit the numbers of records, personas and exemplars
 */
export function pairDrawer(source: PairSource, counts: PairCounts, seed: number): PairDrawer {
  requireFit(source, counts);
  switch (source.kind) {
    case 'gate':
      return gateDrawer(source, seed);
    case 'uniform':
      return (rows) => rows.map((row) => uniformDraw(source.temperature, counts, randomFor(seed, 'pair', row)));
    case 'paired':
      return (rows) => rows.map((row) => pairedDraw(source, counts, randomFor(seed, 'pair', row)));
    case 'zero-shot': {
      const { temperature } = source;
      return (rows) =>
        rows.map(() => ({ pair: undefined, personaProbability: 1, exemplarProbability: 1, temperature }));
    }
  }
}

function gateDrawer(source: Extract<PairSource, { kind: 'gate' }>, seed: number): PairDrawer {
  const { gate, embeddings, ownExemplar, input } = source;
  const { personas, exemplars, inputs } = embeddings;
  return (rows, records) => {
    const contexts =
      inputs === undefined || input === 'none' ? noContext(rows.length, personas.cols) : takeRows(inputs, records);
    const masked = ownExemplar === undefined ? undefined : records.map((record) => ownExemplar[record] ?? -1);
    const given: GateInputs = { contexts, personas, exemplars, ...(masked === undefined ? {} : { masked }) };
    const mixture = mixtureOf(gate, given);
    return rows.map((row, b) => {
      const { persona, exemplar, ...probabilities } = drawPair(mixture, b, { seed, row });
      return { pair: { persona, exemplar }, ...probabilities, temperature: gate.temperatures[persona] ?? 1 };
    });
  };
}

function uniformDraw(
  temperature: number | Float64Array,
  { personas, exemplars }: PairCounts,
  random: () => number,
): RowDraw {
  const persona = Math.floor(random() * personas);
  const exemplar = Math.floor(random() * exemplars);
  return {
    pair: { persona, exemplar },
    personaProbability: 1 / personas,
    exemplarProbability: 1 / exemplars,
    temperature: typeof temperature === 'number' ? temperature : (temperature[persona] ?? 1),
  };
}

function pairedDraw(
  { temperature, exemplarOf }: Extract<PairSource, { kind: 'paired' }>,
  { personas }: PairCounts,
  random: () => number,
): RowDraw {
  const persona = Math.floor(random() * personas);
  const pair = { persona, exemplar: exemplarOf[persona] ?? 0 };
  return { pair, personaProbability: 1 / personas, exemplarProbability: 1, temperature };
}

function requireFit(source: PairSource, { records, personas, exemplars }: PairCounts): void {
  switch (source.kind) {
    case 'gate': {
      const { gate, embeddings, input, ownExemplar } = source;
      requireCount('rows in embeddings.personas (one a persona)', personas, embeddings.personas.rows);
      requireCount('rows in embeddings.exemplars (one an exemplar)', exemplars, embeddings.exemplars.rows);
      requireCount('temperatures in the gate (one a persona)', personas, gate.temperatures.length);
      if (input !== 'none')
        requireCount('rows in embeddings.inputs (one a record)', records, embeddings.inputs?.rows ?? 0);
      if (ownExemplar !== undefined) requireCount('entries in ownExemplar (one a record)', records, ownExemplar.length);
      return;
    }
    case 'uniform':
      if (typeof source.temperature !== 'number') {
        requireCount('temperatures (one a persona)', personas, source.temperature.length);
      }
      requireTemperatures(typeof source.temperature === 'number' ? [source.temperature] : source.temperature);
      return;
    case 'paired':
      requireCount('entries in exemplarOf (one a persona)', personas, source.exemplarOf.length);
      if (Array.from(source.exemplarOf).some((j) => !Number.isInteger(j) || j < 0 || j >= exemplars))
        throw new SettingError('simulate', 'exemplarOf', `whole numbers below ${exemplars}`, 'others');
      requireTemperatures([source.temperature]);
      return;
    case 'zero-shot':
      requireTemperatures([source.temperature]);
  }
}

function requireCount(what: string, expected: number, actual: number): void {
  if (expected === actual) return;
  throw new ShapeError(
    'simulate',
    `${expected} ${what}`,
    `${actual}`,
    'Give the gate, personas, exemplars and records of one run.',
  );
}

function requireTemperatures(temperatures: ArrayLike<number>): void {
  for (let k = 0; k < temperatures.length; k++) {
    const temperature = temperatures[k] ?? Number.NaN;
    if (!(temperature > 0 && temperature < Infinity))
      throw new SettingError('simulate', 'temperature', 'a positive number', temperature);
  }
}
