import {
  drawPair,
  logWeight,
  mixtureOf,
  noContext,
  type Gate,
  type GateInputs,
  type Pair,
} from '@mixture-of-personas/gating';
import { randomFor, SettingError, ShapeError, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { candidateExemplars, drawMoreExemplars, requirePerPrompt } from './shown-exemplars.js';

/** Distribution of the (persona, exemplar) of a simulated text. */
export type PairSource =
  /** Drawn from a fitted gate: k ~ Cat(π), j ~ Cat(Ω_k), at the gate's own τ_k. */
  | {
      readonly kind: 'gate';
      readonly gate: Gate;
      /** Input of the gate, as in the fit. */
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
  /** Every pair equally likely; one temperature, or one per persona. The baseline a gate has to beat. */
  | { readonly kind: 'uniform'; readonly temperature: number | Float64Array }
  /** Every persona equally likely, each with exemplars of its own (L a persona), such as its nearest: the paper's heuristic in place of a gate. */
  | {
      readonly kind: 'paired';
      readonly temperature: number | Float64Array;
      readonly exemplarsOf: readonly ArrayLike<number>[];
    }
  /** The pairs that stand in a list, one per row: texts that weights are chosen by. */
  | { readonly kind: 'listed'; readonly pairs: readonly ListedPair[] }
  /** No persona and no exemplar: the `zeroShot` prompt. */
  | { readonly kind: 'zero-shot'; readonly temperature: number };

/** The pair of a row, as somebody else drew it. */
export interface ListedPair extends Pair {
  /** Probabilities with which they were drawn, as `personaProbability` and `exemplarProbability` of the row. */
  readonly personaProbability: number;
  readonly exemplarProbability: number;
  readonly temperature: number;
}

/** Persona and exemplars of one text; none for zero-shot. */
export interface RowDraw {
  readonly pair: { readonly persona: number; readonly exemplars: readonly number[] } | undefined;
  /** π_k; 1 for zero-shot. */
  readonly personaProbability: number;
  /** Ω_kj; for several exemplars the probability of drawing them in this order; 1 for zero-shot. */
  readonly exemplarProbability: number;
  readonly temperature: number;
}

/** Sizes that a source has to fit. */
export interface PairCounts {
  readonly records: number;
  readonly personas: number;
  readonly exemplars: number;
}

/** Draws the pairs of a block of rows: one draw per row, given the training record drawn for it. */
export type PairDrawer = (rows: readonly number[], records: readonly number[]) => RowDraw[];

/** L, and how the exemplars after the first are drawn from a gate. */
export interface ExemplarDraws {
  readonly seed: number;
  /** L. */
  readonly perPrompt: number;
  /** `gate`: one after the other from Ω_k. A seed: those that `pairRequest` scores with the first one by that seed. */
  readonly companions: 'gate' | { readonly seed: number };
}

/**
 * A drawer for a source; row i's pair depends on (seed, i) and its record alone.
 * @throws ShapeError or SettingError when the source does not fit the numbers of records, personas and exemplars
 */
export function pairDrawer(source: PairSource, counts: PairCounts, draws: ExemplarDraws): PairDrawer {
  requireFit(source, counts, draws.perPrompt);
  const { seed } = draws;
  switch (source.kind) {
    case 'gate':
      return gateDrawer(source, counts, draws);
    case 'uniform':
      return (rows) => rows.map((row) => uniformDraw(source.temperature, counts, { ...draws, row }));
    case 'paired':
      return (rows) => rows.map((row) => pairedDraw(source, counts, randomFor(seed, 'pair', row)));
    case 'listed':
      return (rows) => rows.map((row) => listedDraw(source.pairs, counts, { ...draws, row }));
    case 'zero-shot': {
      const { temperature } = source;
      return (rows) =>
        rows.map(() => ({ pair: undefined, personaProbability: 1, exemplarProbability: 1, temperature }));
    }
  }
}

function gateDrawer(
  source: Extract<PairSource, { kind: 'gate' }>,
  counts: PairCounts,
  { seed, perPrompt, companions }: ExemplarDraws,
): PairDrawer {
  const { gate, embeddings, ownExemplar, input } = source;
  const { personas, exemplars, inputs } = embeddings;
  return (rows, records) => {
    const contexts =
      inputs === undefined || input === 'none' ? noContext(rows.length, personas.cols) : takeRows(inputs, records);
    const masked = ownExemplar === undefined ? undefined : records.map((record) => ownExemplar[record] ?? -1);
    const given: GateInputs = { contexts, personas, exemplars, masked };
    const mixture = mixtureOf(gate, given);
    return rows.map((row, b) => {
      const { persona, exemplar, personaProbability, exemplarProbability } = drawPair(mixture, b, { seed, row });
      const drawn = { personaProbability, temperature: gate.temperatures[persona] ?? 1 };
      if (perPrompt === 1 || companions !== 'gate') {
        const options = { perPrompt, seed: companions === 'gate' ? seed : companions.seed, own: masked?.[b] ?? -1 };
        const shown = candidateExemplars({ persona, exemplar }, counts.exemplars, options);
        return { ...drawn, exemplarProbability, pair: { persona, exemplars: shown } };
      }
      const logWeights = Float64Array.from({ length: counts.exemplars }, (_, j) => logWeight(mixture, b, persona, j));
      const random = randomFor(seed, 'more exemplars', row);
      const more = drawMoreExemplars(logWeights, [exemplar], { perPrompt, random });
      const pair = { persona, exemplars: more.exemplars };
      return { ...drawn, exemplarProbability: exemplarProbability * more.probability, pair };
    });
  };
}

function uniformDraw(
  temperature: number | Float64Array,
  { personas, exemplars }: PairCounts,
  { seed, perPrompt, companions, row }: ExemplarDraws & { readonly row: number },
): RowDraw {
  const random = randomFor(seed, 'pair', row);
  const persona = Math.floor(random() * personas);
  const exemplar = Math.floor(random() * exemplars);
  const more =
    companions === 'gate'
      ? drawMoreExemplars(new Float64Array(exemplars), [exemplar], { perPrompt, random })
      : {
          exemplars: candidateExemplars({ persona, exemplar }, exemplars, { perPrompt, ...companions }),
          probability: 1,
        };
  return {
    pair: { persona, exemplars: more.exemplars },
    personaProbability: 1 / personas,
    exemplarProbability: more.probability / exemplars,
    temperature: temperatureOf(temperature, persona),
  };
}

function listedDraw(
  pairs: readonly ListedPair[],
  { exemplars }: PairCounts,
  { perPrompt, seed, companions, row }: ExemplarDraws & { readonly row: number },
): RowDraw {
  const listed = pairs[row];
  if (listed === undefined) throw new SettingError('simulate', 'pairs', `one for row ${row}`, `${pairs.length}`);
  const { persona, exemplar, ...drawn } = listed;
  const options = { perPrompt, seed: companions === 'gate' ? seed : companions.seed };
  return { pair: { persona, exemplars: candidateExemplars({ persona, exemplar }, exemplars, options) }, ...drawn };
}

function pairedDraw(
  { temperature, exemplarsOf }: Extract<PairSource, { kind: 'paired' }>,
  { personas }: PairCounts,
  random: () => number,
): RowDraw {
  const persona = Math.floor(random() * personas);
  const pair = { persona, exemplars: Array.from(exemplarsOf[persona] ?? []) };
  const probabilities = { personaProbability: 1 / personas, exemplarProbability: 1 };
  return { pair, ...probabilities, temperature: temperatureOf(temperature, persona) };
}

function temperatureOf(temperature: number | Float64Array, persona: number): number {
  return typeof temperature === 'number' ? temperature : (temperature[persona] ?? 1);
}

function requireFit(source: PairSource, { records, personas, exemplars }: PairCounts, perPrompt: number): void {
  switch (source.kind) {
    case 'gate': {
      const { gate, embeddings, input, ownExemplar } = source;
      requireCount('rows in embeddings.personas (one per persona)', personas, embeddings.personas.rows);
      requireCount('rows in embeddings.exemplars (one per exemplar)', exemplars, embeddings.exemplars.rows);
      requireCount('temperatures in the gate (one per persona)', personas, gate.temperatures.length);
      if (input !== 'none')
        requireCount('rows in embeddings.inputs (one per record)', records, embeddings.inputs?.rows ?? 0);
      if (ownExemplar !== undefined)
        requireCount('entries in ownExemplar (one per record)', records, ownExemplar.length);
      requirePerPrompt('simulate', perPrompt, exemplars, ownExemplar?.some((j) => j >= 0) ?? false);
      return;
    }
    case 'uniform':
      requirePerPrompt('simulate', perPrompt, exemplars, false);
      requireTemperatures(source.temperature, personas);
      return;
    case 'paired':
      requireCount('entries in exemplarsOf (one per persona)', personas, source.exemplarsOf.length);
      for (const shown of source.exemplarsOf) {
        requireCount(
          'exemplars of each persona in exemplarsOf (one for each that a prompt shows)',
          perPrompt,
          shown.length,
        );
        if (Array.from(shown).some((j) => !Number.isInteger(j) || j < 0 || j >= exemplars))
          throw new SettingError('simulate', 'exemplarsOf', `whole numbers below ${exemplars}`, 'others');
      }
      requireTemperatures(source.temperature, personas);
      return;
    case 'listed': {
      requirePerPrompt('simulate', perPrompt, exemplars, false);
      const stranger = source.pairs.find(({ persona: k, exemplar: j }) => !(k < personas && j < exemplars));
      if (stranger !== undefined) {
        const expected = `a persona below ${personas} and an exemplar below ${exemplars}`;
        throw new SettingError('simulate', 'pairs', expected, `${stranger.persona} and ${stranger.exemplar}`);
      }
      return;
    }
    case 'zero-shot':
      if (perPrompt !== 1) throw new SettingError('simulate', 'perPrompt', '1 where no exemplar is drawn', perPrompt);
      requireTemperatures(source.temperature, personas);
  }
}

function requireCount(what: string, expected: number, actual: number): void {
  if (expected === actual) return;
  const advice = 'Give the gate, personas, exemplars and records of one run.';
  throw new ShapeError('simulate', `${expected} ${what}`, `${actual}`, advice);
}

function requireTemperatures(temperature: number | Float64Array, personas: number): void {
  if (typeof temperature !== 'number') requireCount('temperatures (one per persona)', personas, temperature.length);
  for (const value of typeof temperature === 'number' ? [temperature] : temperature) {
    if (!(value > 0 && value < Infinity)) throw new SettingError('simulate', 'temperature', 'a positive number', value);
  }
}
