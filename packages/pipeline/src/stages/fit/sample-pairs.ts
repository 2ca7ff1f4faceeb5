import { randomFor, sampleWithoutReplacement, type Matrix } from '@mixture-of-personas/numeric';
import { simulate, type ListedPair, type Persona, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { rowsInBlocks } from '../../artifacts/partial-rows.js';
import { textsArtifact } from '../../artifacts/texts.js';
import type { JobContext } from '../../context/job-context.js';
import { promptSettings, textSettings } from '../../context/text-settings.js';
import { UserError } from '../../errors.js';
import type { JobExemplars } from '../pick-exemplars.js';

/** A round of texts to sample. */
export interface Round {
  /** 1 or 2: names its file and seeds its draws. */
  readonly number: number;
  /** Probability of each of the K·N pairs, persona by persona. */
  readonly probabilities: Float64Array;
  /** Texts at each factor. */
  readonly each: number;
  /** Factors on all τ; the same pairs are drawn for every one. */
  readonly factors: readonly number[];
}

/** Sampled texts with where they come from. */
export interface RoundTexts extends Round {
  readonly rows: readonly SyntheticRow[];
  /** Position among K·N pairs of each text that is not empty, its factor, and its embedding. */
  readonly pairOf: readonly number[];
  readonly factorOf: readonly number[];
  readonly embeddings: Matrix<Float32Array>;
}

/** Parts of the prompts, and the temperatures that factors multiply. */
export interface SampleParts {
  readonly personas: readonly Persona[];
  readonly exemplars: JobExemplars;
  readonly temperatures: Float64Array;
}

/** Fewer texts than this at a factor say nothing about it. */
const LEAST = 10;

/** Samples the texts of a round, continued where an earlier process stopped, and embeds them. @throws UserError `unfit-model` when nearly all are empty */
export async function sampleRound(job: JobContext, parts: SampleParts, round: Round): Promise<RoundTexts> {
  const { config, reporter } = job;
  const drawn = drawnPairs(round, config.seed);
  const factorOf = round.factors.flatMap((factor) => drawn.map(() => factor));
  const pairOf = round.factors.flatMap(() => drawn);
  const name = `fit-texts-${round.number}`;
  const make = textsOf(job, parts, { round, pairOf, factorOf });
  const rows = await rowsInBlocks<SyntheticRow>(job.folder, {
    artifact: textsArtifact('fit', `${name}.jsonl`),
    total: pairOf.length,
    blockSize: config.simulate.batchSize,
    onBlock: (done) => reporter.progress('fit: texts', done, pairOf.length, `round ${round.number}`),
    make,
  });
  const written = rows.flatMap(({ text }, i) => (text === '' ? [] : [i]));
  const few = round.factors.find((factor) => written.filter((i) => factorOf[i] === factor).length < LEAST);
  if (few !== undefined)
    throw new UserError('unfit-model', `Nearly all texts that were sampled for the fit at ${few} times τ are empty.`, {
      remedy: 'Look at the prompts with mop doctor, or sample more texts (gate.texts.count).',
    });
  const texts = written.map((i) => rows[i]!.text);
  const embeddings = await job.embed(`texts of round ${round.number}`, texts);
  const at = (values: readonly number[]): number[] => written.map((i) => values[i]!);
  return { ...round, rows, pairOf: at(pairOf), factorOf: at(factorOf), embeddings };
}

/**
 * Pairs in proportion to their probabilities, by systematic sampling in a random order: each comes within one of as often as is to be expected.
 */
function drawnPairs({ number, probabilities, each }: Round, seed: number): number[] {
  const order = sampleWithoutReplacement(
    probabilities.length,
    probabilities.length,
    randomFor(seed, 'order of pairs', number),
  );
  const offset = randomFor(seed, 'pairs of the fit', number)();
  const drawn: number[] = [];
  let reached = 0;
  for (const pair of order) {
    reached += probabilities[pair]! * each;
    while (drawn.length < each && drawn.length + offset < reached) drawn.push(pair);
  }
  // Rounding may leave the last one out.
  while (drawn.length < each) drawn.push(order.at(-1)!);
  return drawn;
}

function textsOf(
  { config, model, template, records, signal }: JobContext,
  { personas, exemplars: { exemplars }, temperatures }: SampleParts,
  { round, pairOf, factorOf }: Pick<RoundTexts, 'pairOf' | 'factorOf'> & { round: Round },
): (from: number, to: number) => Promise<SyntheticRow[]> {
  const pairs = pairOf.map((pair, i): ListedPair => {
    const persona = Math.floor(pair / exemplars.length);
    const all = round.probabilities.subarray(persona * exemplars.length, (persona + 1) * exemplars.length);
    const personaProbability = all.reduce((sum, value) => sum + value, 0);
    return {
      persona,
      exemplar: pair % exemplars.length,
      personaProbability,
      exemplarProbability: round.probabilities[pair]! / personaProbability,
      temperature: temperatures[persona]! * factorOf[i]!,
    };
  });
  const from = {
    model,
    template,
    personas,
    exemplars,
    records: records.training,
    pairs: { kind: 'listed', pairs } as const,
  };
  // Draws of their own: none of these texts is simulated again.
  const seed = Math.floor(randomFor(textSettings(config).seed, 'texts of the fit', round.number)() * 2 ** 32);
  const options = { ...promptSettings(config), ...textSettings(config), mix: 1, seed, signal };
  return async (first, end) => {
    const rows: SyntheticRow[] = [];
    for await (const row of simulate(from, { ...options, from: first, count: end - first })) rows.push(row);
    return rows;
  };
}
