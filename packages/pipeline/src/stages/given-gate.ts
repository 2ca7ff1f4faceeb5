import { decodeGate, type Gate } from '@mixture-of-personas/gating';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GATE_DESCRIPTION, GATE_WEIGHTS } from '../artifacts/fit.js';
import { aboutPath, UserError } from '../errors.js';
import type { JobContext } from '../context/job-context.js';
import type { GatePopulation } from './gate-population.js';

/**
 * The gate of another run, `gate.from`: its three matrices, and its temperatures where it has as many personas, else their mean for every persona.
 * @returns undefined when none is asked for
 * @throws UserError when it cannot be read or is for embeddings of another width
 */
export async function givenGate({ config }: JobContext, { population }: GatePopulation): Promise<Gate | undefined> {
  const { from } = config.gate;
  if (from === undefined) return undefined;
  const gate = await gateIn(from);
  const [d, width] = [population.records.cols, gate.inputWeights.cols];
  if (d !== width) {
    throw new UserError('bad-setting', `The gate of ${from} is for embeddings of ${width} numbers, these have ${d}.`, {
      remedy: 'Use the encoder that it was fitted with.',
    });
  }
  return { ...gate, temperatures: temperaturesFor(gate, population.personas.rows) };
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
  return new Float64Array(count).fill(temperatures.reduce((sum, value) => sum + value, 0) / temperatures.length);
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
