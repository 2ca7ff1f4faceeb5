import { EXAMINE, Fault } from '@mixture-of-personas/models';

/** Facts that a server told of the next-token distribution at one position; natural logarithms. */
export interface Position {
  /** log p of the token that stands there. */
  readonly token: number;
  /** log p of every other token that is known: the most probable ones. */
  readonly others: readonly number[];
}

/** Server arithmetic is 16 or 32 bits: a log-probability may come out this much above 0. */
const SLACK = 1e-3;
/** Known probabilities may sum to this much above 1. */
const SUM_SLACK = 1e-2;

/**
 * A position from its numbers.
 * @param token log p of the token that stands there
 * @param known log p by token id, or by the token's text; may hold that token itself under `own`
 * @throws Fault when a number is missing, not finite or positive, or the probabilities sum to more than 1
 */
export function positionOf(token: unknown, known: Readonly<Record<string, unknown>>, own: string): Position {
  const others: number[] = [];
  let sum = Math.exp(logProbability(token));
  for (const [name, value] of Object.entries(known)) {
    if (name === own) continue;
    const log = logProbability(value);
    others.push(log);
    sum += Math.exp(log);
  }
  if (sum > 1 + SUM_SLACK) throw broken(`gave probabilities of one position that sum to ${sum.toFixed(2)}`);
  return { token: logProbability(token), others };
}

function logProbability(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw broken(`gave the log-probability ${JSON.stringify(value) ?? 'nothing'}, which is no finite number`);
  if (value > SLACK) throw broken(`gave the log-probability ${value}, which is above 0`);
  return Math.min(0, value);
}

/** The fault of an answer whose numbers are not what they should be. */
export function broken(message: string): Fault {
  return new Fault('broken', message, { advice: EXAMINE });
}
