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
  const weights = await bytesOf(join(from, GATE_WEIGHTS.name));
  const description = new TextDecoder().decode(await bytesOf(join(from, GATE_DESCRIPTION.name)));
  const { gate } = decodeGate({ weights, description });
  const [d, width] = [population.records.cols, gate.inputWeights.cols];
  if (d !== width) {
    throw new UserError('bad-setting', `The gate of ${from} is for embeddings of ${width} numbers, these have ${d}.`, {
      remedy: 'Use the encoder that it was fitted with.',
    });
  }
  const count = population.personas.rows;
  if (gate.temperatures.length === count) return gate;
  const mean = gate.temperatures.reduce((sum, value) => sum + value, 0) / gate.temperatures.length;
  return { ...gate, temperatures: new Float64Array(count).fill(mean) };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw aboutPath(path, error);
  }
}
