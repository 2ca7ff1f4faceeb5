import type { LanguageModel } from '@mixture-of-personas/llm';
import {
  chooseExemplars,
  renderPrompt,
  type PopulationRecord,
  type PromptTemplate,
  type Role,
} from '@mixture-of-personas/synthesis';
import { drawsOf } from '../config/sections/method.js';
import type { MopConfig } from '../config/schema.js';
import { applyTooLong, type MeasuredRecord } from '../data/too-long.js';
import { problemOf, UserError } from '../errors.js';
import { requireCounts, type JobRecords } from './sample-records.js';
import { readPersonas } from './text-files.js';

/** Counts the tokens of a pair, as a model offers it. */
export type MeasurePair = NonNullable<LanguageModel['measure']>;

/** Wording of a run, and the model that it is meant for. */
export interface MeasuredPrompts {
  readonly config: MopConfig;
  readonly template: PromptTemplate;
  /** Undefined where the model cannot tell; then nothing is looked at. */
  readonly measure: MeasurePair | undefined;
}

/** As long as the descriptions that a language model is asked for, where personas are not made yet. */
const LONG_PERSONA = `You are a person who${' often writes'.repeat(40)}.`;

/**
 * The records of a run that fit the model's window, found before any work: each is measured in its longest prompt. Drop and truncate
 * treat every method alike, so that methods stay comparable; `refuse` is for runs that score.
 * @returns the records, and a sentence about those that were dropped or cut
 * @throws UserError `too-long-records` naming records; `bad-record` for one whose prompt cannot be made; `bad-setting` when too few are left
 */
export async function fittingRecords(
  records: JobRecords,
  prompts: MeasuredPrompts,
): Promise<{ readonly records: JobRecords; readonly message: string | undefined }> {
  const { config } = prompts;
  const policy = config.records.tooLong;
  const same = { records, message: undefined };
  if (prompts.measure === undefined || (policy === 'refuse' && drawsOf(config.method.name) !== 'gate')) return same;
  if (policy !== 'refuse' && config.simulate.gate !== undefined) {
    const problem = `records.tooLong is ${policy} beside simulate.gate, whose run kept the records that fit another model.`;
    throw new UserError('bad-setting', problem, { remedy: 'Set records.tooLong to refuse.' });
  }
  const { role } = config.templates;
  const persona = await longestPersona(config);
  const lengthOf: LengthOf = (record, exemplar) => measured(record, prompts, { role, persona, exemplar });
  if (!anyTooLong(records, config, lengthOf)) return same;
  // Records that fit beside themselves fit beside each other.
  const beside = (record: PopulationRecord): MeasuredRecord => lengthOf(record, record.text);
  const cut = (record: PopulationRecord): PopulationRecord => shortened(record, (one) => fits(beside(one)));
  const fitting = (set: readonly PopulationRecord[]) =>
    applyTooLong(set, { policy, measured: set.map((record) => beside(record)), cut });
  const learned = fitting([...records.training, ...records.validation]);
  const heldOut = fitting(records.heldOut);
  const pool = records.pool === undefined ? undefined : fitting(records.pool);
  const ids = new Set(records.training.map(({ id }) => id));
  const left: JobRecords = {
    ...records,
    training: learned.records.filter(({ id }) => ids.has(id)),
    validation: learned.records.filter(({ id }) => !ids.has(id)),
    heldOut: heldOut.records,
    pool: pool?.records,
  };
  requireCounts(left, config);
  return { records: left, message: [learned.message, heldOut.message, pool?.message].filter(Boolean).join(' ') };
}

/**
 * Renders each kind of prompt that a run scores as the model gets it, with the chat template of the model.
 * @throws UserError `bad-record` naming the record whose prompt cannot be made
 */
export function requirePrompts(record: PopulationRecord, { config, template, measure }: MeasuredPrompts): void {
  const alone: readonly Role[] = ['generateWithoutExemplar', 'zeroShot'];
  const roles = [config.templates.role, ...(config.evaluate.heldOut > 0 ? alone : [])];
  for (const role of roles)
    measured(record, { config, template, measure }, { role, persona: LONG_PERSONA, exemplar: record.text });
}

type LengthOf = (record: PopulationRecord, exemplar: string) => MeasuredRecord;

function measured(
  record: PopulationRecord,
  { config, template, measure }: MeasuredPrompts,
  { role, persona, exemplar }: { readonly role: Role; readonly persona: string; readonly exemplar: string },
): MeasuredRecord {
  const { id, text, context, label } = record;
  const shown = Array<string>(config.exemplars.perPrompt).fill(exemplar);
  try {
    const prompt = renderPrompt(template, role, { persona, exemplar: shown, context, label }, config.prompt);
    const { tokens = 0, window = Infinity } = measure?.({ prompt, completion: text }) ?? {};
    return { id, tokens, window };
  } catch (cause) {
    const { message, suggestion } = problemOf(cause);
    const remedy = suggestion ?? 'Choose other templates, or another model.';
    throw new UserError('bad-record', `Record ${id}: ${message}`, { remedy, cause });
  }
}

/** Whether a record is too long beside the longest exemplar of the run. */
function anyTooLong(
  { training, validation, heldOut, pool }: JobRecords,
  { exemplars, seed }: MopConfig,
  lengthOf: LengthOf,
): boolean {
  // Which records of a pool stand in prompts is known only once they are embedded: the longest of all is taken.
  const shown = pool ?? chooseExemplars(training, Math.min(exemplars.count, training.length), seed).exemplars;
  let [longest, most] = ['', -1];
  for (const record of shown) {
    const { tokens } = lengthOf(record, '…');
    if (tokens > most) [longest, most] = [record.text, tokens];
  }
  return [...training, ...validation, ...heldOut].some((record) => !fits(lengthOf(record, longest)));
}

function fits({ tokens, window }: MeasuredRecord): boolean {
  return tokens <= window;
}

/** The longest beginning of a text, in whole words, that fits; empty when none does. */
function shortened(record: PopulationRecord, fitting: (record: PopulationRecord) => boolean): PopulationRecord {
  const ends = Array.from(record.text.matchAll(/\S+/g), ({ index, 0: word }) => index + word.length);
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fitting({ ...record, text: record.text.slice(0, ends[middle - 1]) })) low = middle;
    else high = middle - 1;
  }
  return { ...record, text: low === 0 ? '' : record.text.slice(0, ends[low - 1]) };
}

async function longestPersona({ personas: { source, file } }: MopConfig): Promise<string> {
  if (source !== 'file' || file === undefined) return LONG_PERSONA;
  const personas = await readPersonas(file);
  return personas.reduce((longest, { persona }) => (persona.length > longest.length ? persona : longest), '');
}
