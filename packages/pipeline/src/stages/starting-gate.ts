import { meanOf } from '@mixture-of-personas/numeric/internal';
import { decodeGate, initialGate, randomGate, type Gate, type Population } from '@mixture-of-personas/gating';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GATE_DESCRIPTION, GATE_WEIGHTS } from '../artifacts/fit.js';
import type { MopConfig } from '../config/schema.js';
import { aboutPath, UserError } from '../errors.js';
import type { JobContext } from '../context/job-context.js';

/**
 * The gate before the fit: that of another run (`gate.from`, with its temperatures where it has as many personas, else their mean for every persona),
 * weights that favor exemplars like the record, or random ones.
 * @throws UserError when another run's cannot be read or is for embeddings of another width
 */
export async function startingGate(
  { gate: settings, seed }: MopConfig,
  { records, personas, exemplars }: Population,
): Promise<Gate> {
  const { from, hidden, temperature, start, input, similarity } = settings;
  if (from !== undefined) {
    const gate = await gateIn(from);
    const { cols: width } = gate.inputWeights;
    if (records.cols === width) return { ...gate, temperatures: temperaturesFor(gate, personas.rows) };
    const problem = `The gate of ${from} is for embeddings of ${width} numbers, these have ${records.cols}.`;
    throw new UserError('bad-setting', problem, { remedy: 'Use the encoder that it was fitted with.' });
  }
  const shape = { hidden, temperature, d: records.cols, personas: personas.rows, seed };
  if (start === 'random') return randomGate(shape);
  const gate = initialGate(shape, { embeddings: exemplars, similarity });
  return input === 'context' && similarity > 1 ? unswayed(gate, similarity) : gate;
}

/**
 * The same gate with x scaled down by `similarity`, so that what it sees moves a weight by at most e. A record is like its best exemplars, but a
 * context such as a year is not like any text, and a start that takes it for one is worse than none (docs/decisions/0075).
 */
function unswayed(gate: Gate, similarity: number): Gate {
  const { inputWeights } = gate;
  return { ...gate, inputWeights: { ...inputWeights, data: inputWeights.data.map((value) => value / similarity) } };
}

/**
 * Temperatures for a method without a gate: those of the gate that it is compared with, `gate.from` or `simulate.gate`, else the one that a fit starts from.
 * @throws UserError when that gate cannot be read
 */
export async function mixtureTemperature({ config, folder }: JobContext): Promise<number | Float64Array> {
  const from = folder.has('fit') ? folder.path : config.gate.from;
  return from === undefined ? config.gate.temperature : temperaturesFor(await gateIn(from), config.personas.count);
}

/** Temperatures of a gate for `count` personas: its own where it has as many, else their mean. */
function temperaturesFor({ temperatures }: Gate, count: number): Float64Array {
  if (temperatures.length === count) return temperatures;
  return new Float64Array(count).fill(meanOf(temperatures));
}

async function gateIn(folder: string): Promise<Gate> {
  const weights = await bytesOf(join(folder, GATE_WEIGHTS.name));
  const description = new TextDecoder().decode(await bytesOf(join(folder, GATE_DESCRIPTION.name)));
  return decodeGate({ weights, description }).gate;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw aboutPath(path, error);
  }
}
