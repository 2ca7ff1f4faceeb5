import { MAUVE_PRESETS } from '@mixture-of-personas/metrics';
import { randomFor, sampleWithoutReplacement } from '@mixture-of-personas/numeric';
import { firstOfEachText, type PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';
import { sha256 } from '../run-folder/files.js';
import type { RecordSets } from './record-sets.js';
import { asSection, type Settings } from '../config/demo.js';
import { hasContext } from '../config/gate-preset.js';
import { drawsOf } from '../config/sections/method.js';
import type { MopConfig } from '../config/schema.js';

/** The records of a run, by what they are for. */
export interface JobRecords {
  readonly training: readonly PopulationRecord[];
  readonly validation: readonly PopulationRecord[];
  readonly heldOut: readonly PopulationRecord[];
  readonly golden: readonly PopulationRecord[];
  /** Records that exemplars and personas come from, where that is not the training records. */
  readonly pool?: readonly PopulationRecord[] | undefined;
  /** Whether `golden.part` could be honored; undefined when no part was asked for. */
  readonly disjointGolden?: boolean | undefined;
}

/**
 * Draws the records of a run: training and validation from the training set without overlap, held-out and golden from the golden set (the
 * held-out ones are the first of the golden ones).
 * @throws UserError `bad-setting` naming the setting that asks for more than there is
 */
export function sampleRecords(sets: RecordSets, config: MopConfig): JobRecords {
  const { population, golden, evaluate, method, seed } = config;
  requireEnough(sets, config);
  const requireCount = limitWith(() => lowerCounts(sets, config));
  requireCount(
    'population.validation',
    population.validation,
    sets.train.length - 1,
    'records to spare in the population',
  );
  const fromTrain = (population.records ?? sets.train.length - population.validation) + population.validation;
  requireCount('population.records + population.validation', fromTrain, sets.train.length, 'records in the population');
  const draws = drawsOf(method.name);
  const pool = sets.pool === undefined ? undefined : drawPool(sets.pool, config);
  if (pool !== undefined && draws === 'prompts') {
    const problem = `pool.path is given, but method.name is ${method.name}, which has no exemplars.`;
    throw new UserError('bad-setting', problem, { remedy: 'Leave the pool out or choose another method.' });
  }
  const learned = drawTraining(sets.train, population, seed);
  if (draws === 'gate' || draws === 'pairs') requireExemplars(config);
  requireCounts({ ...learned, pool }, config, requireCount);
  const goldenRecords = golden.records ?? sets.golden.length;
  requireCount('golden.records', goldenRecords, sets.golden.length, 'golden records');
  if (draws === 'gate') requireCount('evaluate.heldOut', evaluate.heldOut, sets.golden.length, 'golden records');
  const heldOut = Math.min(evaluate.heldOut, sets.golden.length);
  if (config.gate.input === 'context') requireContexts([...sets.train, ...sets.golden]);
  const size = Math.max(heldOut, goldenRecords);
  const part = golden.records === undefined ? undefined : goldenPart(sets.golden, size, golden.part);
  const drawn = part ?? draw(sets.golden, size, seed, 'golden-records');
  return {
    ...learned,
    heldOut: drawn.slice(0, heldOut),
    golden: drawn.slice(0, goldenRecords),
    pool,
    disjointGolden: golden.part === undefined ? undefined : part !== undefined,
  };
}

/**
 * Fewest records of a fit, which has four folds of two (the paper's procedure has none), fewest golden ones, whose halves are
 * compared with each other, and fewest texts that have a distance from each other.
 */
export const FEWEST = { training: 8, golden: 4, texts: 2 } as const;

/** @throws UserError `too-few-records` for fewer than any run can use */
function requireEnough(
  { train, golden }: RecordSets,
  { method, gate, population, golden: { records = golden.length } }: MopConfig,
): void {
  const fitted = Math.min((population.records ?? train.length) + population.validation, train.length);
  const inFolds = drawsOf(method.name) === 'gate' && gate.preset !== 'paper';
  const enough = !inFolds || fitted >= FEWEST.training;
  const compared = Math.min(records, golden.length);
  if (enough && compared >= FEWEST.golden) return;
  const problem = `A run takes at least ${FEWEST.training} records to fit and ${FEWEST.golden} golden ones; there are ${fitted} and ${compared}.`;
  throw new UserError('too-few-records', problem, { remedy: 'Give or take more records: 20 in one file will do.' });
}

/** @throws UserError `bad-setting` for fewer texts or records than the figures of a run can be of */
export function requireFigures({ golden }: JobRecords, { simulate: { count }, evaluate }: MopConfig): void {
  const { mauve, metrics } = evaluate;
  if (count < FEWEST.texts) {
    const problem = `simulate.count is ${count}, and figures are of at least ${FEWEST.texts} texts.`;
    throw new UserError('bad-setting', problem, { remedy: 'Ask for more, or write texts alone with mop simulate.' });
  }
  const { buckets } = MAUVE_PRESETS[mauve];
  const both = count + golden.length;
  if (typeof buckets !== 'number' || both >= buckets || metrics?.includes('mauve') === false) return;
  const problem = `evaluate.mauve ${mauve} has ${buckets} clusters, but there are only ${count} texts and ${golden.length} golden records.`;
  throw new UserError('bad-setting', problem, { remedy: 'Use evaluate.mauve library, or more of both.' });
}

/** The records that exemplars and personas come from: the pool, or without one the training records. */
export function poolOf({ pool, training }: Pick<JobRecords, 'training' | 'pool'>): readonly PopulationRecord[] {
  return pool ?? training;
}

/** Training and validation records, as many as are asked for or there are. */
function drawTraining(
  train: readonly PopulationRecord[],
  { records, validation }: MopConfig['population'],
  seed: number,
): Pick<JobRecords, 'training' | 'validation'> {
  const training = records ?? train.length - validation;
  const drawn = draw(train, Math.min(training + validation, train.length), seed, 'training-records');
  return { training: drawn.slice(0, training), validation: drawn.slice(training) };
}

function drawPool(pool: readonly PopulationRecord[], { pool: settings, seed }: MopConfig): typeof pool {
  const { records } = settings ?? {};
  if (records === undefined) return pool;
  requireAtMost('pool.records', records, pool.length, 'records in the pool');
  return draw(pool, records, seed, 'pool-records');
}

/** Block number `part` of the golden records, in an order that is the same for every seed; undefined when they do not reach that far. */
function goldenPart(
  golden: readonly PopulationRecord[],
  size: number,
  part: number | undefined,
): PopulationRecord[] | undefined {
  if (part === undefined || (part + 1) * size > golden.length) return undefined;
  return draw(golden, golden.length, 0, 'golden-parts').slice(part * size, (part + 1) * size);
}

/** Name of the fingerprint of the records in a manifest. */
export const THE_RECORDS = 'the records';

/** Hash of every text, context and label that the run reads. */
export function recordsFingerprint(records: JobRecords): string {
  const { training, validation, heldOut, golden, pool } = records;
  return sha256(JSON.stringify({ training, validation, heldOut, golden, pool }));
}

/** @throws UserError `bad-setting` when personas or exemplars are more than the records, or the different texts, that they come from */
export function requireCounts(
  records: Pick<JobRecords, 'training' | 'pool'>,
  { personas, exemplars, method }: MopConfig,
  requireCount: typeof requireAtMost = requireAtMost,
): void {
  const draws = drawsOf(method.name);
  if (draws === 'prompts') return;
  const from = poolOf(records);
  const kind = records.pool === undefined ? 'training records' : 'records in the pool';
  if (draws !== 'pool' && personas.source !== 'file') requireCount('personas.count', personas.count, from.length, kind);
  const different = firstOfEachText(from).length;
  const what = different < from.length ? `different texts among the ${kind}` : kind;
  requireCount('exemplars.count', exemplars.count, different, what);
}

/** A prompt never shows the record that is scored, so one exemplar fewer is to be had. */
function requireExemplars({ exemplars: { count, perPrompt }, simulate: { mix }, method }: MopConfig): void {
  if (count <= perPrompt && (perPrompt > 1 || drawsOf(method.name) === 'gate')) {
    const problem = `exemplars.count is ${count}, and a prompt shows ${perPrompt}, never the record that is scored.`;
    throw new UserError('bad-setting', problem, { remedy: `Set exemplars.count to at least ${perPrompt + 1}.` });
  }
  if (perPrompt > 1 && mix > 1)
    throw new UserError('bad-setting', `simulate.mix is ${mix} and exemplars.perPrompt ${perPrompt}.`, {
      remedy: 'Set one of them to 1.',
    });
}

function requireContexts(records: readonly PopulationRecord[]): void {
  const without = records.find((record) => !hasContext(record));
  if (without === undefined) return;
  throw new UserError('bad-setting', `gate.input is context, but record ${without.id} has no context.`, {
    remedy: 'Name the column with population.columns.context, or use gate.input record.',
  });
}

function draw(records: readonly PopulationRecord[], count: number, seed: number, purpose: string): PopulationRecord[] {
  const indices = sampleWithoutReplacement(records.length, count, randomFor(seed, purpose, 0));
  return Array.from(indices, (i) => records[i]!);
}

/** A check that a count is no larger than there are; refused with a remedy. */
function limitWith(remedy: () => string) {
  return (setting: string, value: number, limit: number, what: string): void => {
    if (value <= limit) return;
    throw new UserError('bad-setting', `${setting} asks for ${value}, but there are only ${limit} ${what}.`, {
      remedy: remedy(),
    });
  };
}

const LOWER = 'Lower it or give more records.';

const requireAtMost = limitWith(() => LOWER);

/** The configuration with the counts that nobody gave no larger than the records allow. */
export function withinReach(config: MopConfig, settings: Settings, sets: RecordSets): MopConfig {
  const { population, personas, exemplars, evaluate } = config;
  const given = (section: string, name: string): boolean => asSection(settings[section])[name] !== undefined;
  const limit = (name: readonly [string, string], value: number, most: number): number =>
    given(...name) ? value : Math.min(value, Math.max(0, most));
  const validation = limit(['population', 'validation'], population.validation, Math.floor(sets.train.length / 5));
  const different = differentTexts(sets, { ...config, population: { ...population, validation } });
  const most = Math.max(1, Math.floor(different / 8));
  return {
    ...config,
    population: { ...population, validation },
    personas: { ...personas, count: limit(['personas', 'count'], personas.count, most) },
    exemplars: { ...exemplars, count: limit(['exemplars', 'count'], exemplars.count, different) },
    evaluate: { ...evaluate, heldOut: limit(['evaluate', 'heldOut'], evaluate.heldOut, sets.golden.length) },
  };
}

/** The remedy that names every count that is too large for the records, each with one that fits. */
function lowerCounts(sets: RecordSets, config: MopConfig): string {
  const counts = Object.entries(countsThatFit(sets, config)).map(([name, count]) => `--${name} ${count}`);
  return counts.length > 1 ? `Give more records, or ${counts.join(' ')}.` : LOWER;
}

/** Of the counts that are too large for the records, one that fits: a fifth for validation, eight texts per persona. */
function countsThatFit(sets: RecordSets, config: MopConfig): Readonly<Record<string, number>> {
  const { population, personas, exemplars, evaluate } = config;
  const { train, golden } = sets;
  const validation = population.validation < train.length ? population.validation : Math.floor(train.length / 5);
  const different = differentTexts(sets, { ...config, population: { ...population, validation } });
  return {
    ...(validation < population.validation ? { 'population.validation': validation } : {}),
    ...(personas.count > different ? { 'personas.count': Math.max(1, Math.floor(different / 8)) } : {}),
    ...(exemplars.count > different ? { 'exemplars.count': different } : {}),
    ...(evaluate.heldOut > golden.length ? { 'evaluate.heldOut': golden.length } : {}),
  };
}

/** Number of different texts that exemplars and personas can come from. */
function differentTexts({ train, pool }: RecordSets, { population, pool: settings, seed }: MopConfig): number {
  if (pool !== undefined) return Math.min(firstOfEachText(pool).length, settings?.records ?? pool.length);
  return firstOfEachText(drawTraining(train, population, seed).training).length;
}
