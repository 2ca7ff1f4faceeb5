import type { PopulationRecord } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';

/** Choices for `records.tooLong`: refuse the set, drop its long records, or cut their texts. */
export const TOO_LONG_POLICIES = ['refuse', 'drop', 'truncate'] as const;

/** A choice for `records.tooLong`. */
export type TooLongPolicy = (typeof TOO_LONG_POLICIES)[number];

/** A record's length as the model counts it. */
export interface MeasuredRecord {
  readonly id: string;
  /** Tokens of the longest prompt and completion that the record takes part in, ≥ 0. */
  readonly tokens: number;
  /** Tokens that the model takes, ≥ 1. */
  readonly window: number;
}

/** Options of `applyTooLong`. */
export interface TooLongOptions {
  readonly policy: TooLongPolicy;
  /** One for each record, in any order. */
  readonly measured: readonly MeasuredRecord[];
  /** Cuts a record's text by at least `excess` tokens, ≥ 1; needed for `truncate`. */
  readonly cut?: (record: PopulationRecord, excess: number) => PopulationRecord;
}

/** Records that fit, and what became of the others. */
export interface FittingRecords {
  readonly records: readonly PopulationRecord[];
  /** Ids, in order. */
  readonly dropped: readonly string[];
  /** Ids, in order. */
  readonly truncated: readonly string[];
  /** A sentence that names the ids; undefined when every record fits. */
  readonly message: string | undefined;
}

/** Ids that a sentence names. */
const NAMED = 5;

/**
 * Applies `records.tooLong` to records whose tokens were counted.
 * @throws UserError `too-long-records` naming ids, tokens and window when the policy is `refuse`, when no record fits, or when a text that is cut would be empty
 * @throws Error when a record was not measured, or `truncate` has no `cut`
 */
export function applyTooLong(records: readonly PopulationRecord[], options: TooLongOptions): FittingRecords {
  const { policy, measured, cut } = options;
  const byId = new Map(measured.map((each) => [each.id, each]));
  const long = records.flatMap(({ id }) => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`record ${id} was not measured`);
    return found.tokens > found.window ? [found] : [];
  });
  const ids = long.map(({ id }) => id);
  if (long.length === 0) return { records, dropped: [], truncated: [], message: undefined };
  if (policy === 'refuse') throw refusal(`${describe(long)}.`);
  if (policy === 'drop') {
    const left = records.filter(({ id }) => !ids.includes(id));
    if (left.length === 0) throw refusal(`${describe(long)}, so that none is left.`);
    return { records: left, dropped: ids, truncated: [], message: `${describe(long)}; dropped.` };
  }
  if (cut === undefined) throw new Error('truncate needs a function that cuts');
  const excess = new Map(long.map(({ id, tokens, window }) => [id, tokens - window]));
  const fitting = records.map((record) => {
    const beyond = excess.get(record.id);
    return beyond === undefined ? record : cut(record, beyond);
  });
  const empty = fitting.find(({ text }) => text.trim() === '');
  if (empty !== undefined) throw refusal(`Record ${empty.id} has no text left when it is cut to the model's window.`);
  return { records: fitting, dropped: [], truncated: ids, message: `${describe(long)}; their texts are cut.` };
}

function describe(long: readonly MeasuredRecord[]): string {
  const named = long.slice(0, NAMED).map(({ id, tokens, window }) => `${id} (${tokens} tokens, window ${window})`);
  const more = long.length > NAMED ? ` and ${long.length - NAMED} more` : '';
  const [noun, verb] = long.length === 1 ? ['record', 'is'] : ['records', 'are'];
  return `${long.length} ${noun} ${verb} longer than the model's window: ${named.join(', ')}${more}`;
}

function refusal(message: string): UserError {
  const remedy = 'Shorten them, set records.tooLong to drop or truncate, or choose a model with a larger window.';
  return new UserError('too-long-records', message, { remedy });
}
