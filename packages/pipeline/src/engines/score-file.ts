import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { LanguageModel, ScoreCurve, ScoreRequest } from '@mixture-of-personas/llm';
import { stringify } from 'lossless-json';
import { z } from 'zod';
import { aboutPath, UserError } from '../errors.js';
import { createAtomic, type Disk, realDisk } from '../data/atomic.js';
import { readJsonLines } from '../data/tables/jsonl.js';
import type { RawRow } from '../data/text/raw-row.js';
import { blocksOf } from './embed-file.js';
import type { BoundWidth } from './score-widths.js';

const message = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
const temperature = z.number().positive();

/** A line of `mop score`'s input. Other keys are allowed and ignored. */
const scoreLine = z.object({
  id: z.union([z.string(), z.number(), z.bigint()]).optional(),
  messages: z.array(message).min(1).optional(),
  prompt: z.string().optional(),
  completion: z.string(),
  temperatures: z.array(temperature).min(1).default([1]),
  endOfTurn: z.boolean().default(true),
});

/** A request to score, and at which temperatures. */
interface ScoreLine {
  /** The line's id; its number where it has none. */
  readonly id: string | number | bigint;
  /** Name of the file and number of the line. */
  readonly where: string;
  readonly temperatures: readonly number[];
  readonly request: ScoreRequest;
}

/** Request of one input. */
export interface ScoreInput {
  readonly lines: number;
  /** The lowest and the highest temperature of any line. */
  readonly temperatures: readonly [lowest: number, highest: number];
}

/** Options of `scoreToFile`. */
export interface ScoreToFileOptions {
  readonly model: LanguageModel;
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number) => void;
  /** Called with each curve that is known between bounds, at each temperature of its line. */
  readonly onWidth?: (width: BoundWidth) => void;
  readonly disk?: Disk;
}

/** Requests given to the model together: enough to share prefixes and sort by length. */
const BLOCK = 64;

/** Reads and checks every line of an input. @throws UserError naming the first bad line, or where there is none */
export async function surveyScoreLines(input: string): Promise<ScoreInput> {
  let [lines, lowest, highest] = [0, Infinity, -Infinity];
  for await (const { temperatures } of readScoreLines(input)) {
    lines++;
    for (const temperature of temperatures) {
      lowest = Math.min(lowest, temperature);
      highest = Math.max(highest, temperature);
    }
  }
  if (lines === 0) throw new UserError('no-records', `${input} has no requests: it is empty.`);
  return { lines, temperatures: [lowest, highest] };
}

/**
 * Scores every line of a jsonl file: `{id, messages | prompt, completion, temperatures, endOfTurn}` gives `{id, tokens,
 * logProbabilities, derivatives}`, and `widths` where log p is known between bounds, in the order of the input. The file appears when all lines are in it.
 * @returns lines written
 * @throws UserError naming the line; what the model throws; the signal's reason
 */
export async function scoreToFile(input: string, options: ScoreToFileOptions): Promise<number> {
  const { model, output, signal, onProgress, onWidth, disk = realDisk } = options;
  const file = await createAtomic(output, disk);
  try {
    let done = 0;
    for await (const block of blocksOf(readScoreLines(input), BLOCK)) {
      signal?.throwIfAborted();
      const requests = block.map(({ request }) => request);
      const curves = await model.score(requests, { signal }).catch((error: unknown) => {
        throw aboutLine(block, model, error);
      });
      await file.append(block.map((line, i) => `${lineOf(answer(line, curves[i] as ScoreCurve))}\n`).join(''));
      if (onWidth !== undefined) block.forEach((line, i) => tellWidths(line, curves[i] as ScoreCurve, onWidth));
      done += block.length;
      onProgress?.(done);
    }
    await file.commit();
    return done;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** An error of a request that cannot be tokenized or is too long, naming its line; others as they are. */
function aboutLine(block: readonly ScoreLine[], model: LanguageModel, error: unknown): unknown {
  for (const { where, request } of block) {
    try {
      const { tokens = 0, window = Infinity } = model.measure?.(request) ?? {};
      if (tokens <= window) continue;
      const problem = `${where} takes ${tokens} tokens and the model ${window}.`;
      return new UserError('bad-request', problem, { remedy: 'Shorten its prompt or its completion.', cause: error });
    } catch (reason) {
      return badLine(`${where}: ${reason instanceof Error ? reason.message : String(reason)}`);
    }
  }
  return error;
}

/** A JSON line that writes a bigint's digits. */
function lineOf(value: ReturnType<typeof answer>): string {
  return (typeof value.id === 'bigint' ? stringify(value) : JSON.stringify(value)) ?? '';
}

function answer({ id, temperatures }: ScoreLine, curve: ScoreCurve) {
  return {
    id,
    tokens: curve.tokens,
    logProbabilities: temperatures.map((temperature) => curve.logProbability(temperature)),
    derivatives: temperatures.map((temperature) => curve.derivative(temperature)),
    ...(curve.width === undefined ? {} : { widths: temperatures.map((temperature) => curve.width?.(temperature)) }),
  };
}

function tellWidths({ temperatures }: ScoreLine, curve: ScoreCurve, tell: (width: BoundWidth) => void): void {
  for (const temperature of temperatures) {
    const nats = curve.width?.(temperature);
    if (nats !== undefined) tell({ temperature, nats, tokens: curve.tokens });
  }
}

async function* readScoreLines(input: string): AsyncGenerator<ScoreLine> {
  const name = basename(input);
  try {
    for await (const row of readJsonLines(createReadStream(input), name)) yield scoreLineOf(row, name);
  } catch (error) {
    throw aboutPath(input, error);
  }
}

function scoreLineOf({ fields, where, key }: RawRow, name: string): ScoreLine {
  const parsed = scoreLine.safeParse(fields);
  const fault = parsed.success ? undefined : parsed.error.issues[0];
  if (!parsed.success)
    throw badLine(`${name} ${where}: ${fault?.path.join('.') ?? 'the line'}: ${fault?.message ?? 'it cannot be read'}`);
  const { id = Number(key), messages, prompt, completion, temperatures, endOfTurn } = parsed.data;
  if ((messages === undefined) === (prompt === undefined))
    throw badLine(
      `${name} ${where} has ${messages === undefined ? 'neither' : 'both'} messages ${messages === undefined ? 'nor' : 'and'} prompt`,
    );
  const given = messages === undefined ? { text: prompt ?? '' } : { messages };
  return { id, where: `${name} ${where}`, temperatures, request: { prompt: given, completion, endOfTurn } };
}

function badLine(problem: string): UserError {
  return new UserError('bad-request', `${problem.replace(/\.$/, '')}.`, {
    remedy: 'A line is {"id", "messages" or "prompt", "completion", "temperatures": [0.6, 1]}.',
  });
}
