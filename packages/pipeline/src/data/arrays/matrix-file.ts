import { readFile } from 'node:fs/promises';
import type { Matrix } from '@mixture-of-personas/numeric';
import { aboutPath, UserError } from '../../errors.js';
import { decodeNpy } from './npy.js';
import { npzEntries, type NpzEntry } from './npz.js';

/** Whether a source names a file of embeddings: `.npy`, `.npz` or `.npz#array`. */
export function isMatrixFile(source: string): boolean {
  return /\.npy$|\.npz(#[^#]+)?$/i.test(source);
}

/**
 * Embeddings from `file.npy`, `file.npz` (with one array in it) or `file.npz#array`; up to 2 GB per file.
 * @throws UserError no such file; no such array (lists those there are); not a matrix of floats
 */
export async function readMatrixFile(source: string): Promise<Matrix> {
  const [path = source, array] = /\.npz#/i.test(source) ? source.split('#') : [source];
  const bytes = await readFile(path).catch((error: unknown) => {
    throw aboutPath(path, error);
  });
  if (!/\.npz$/i.test(path)) return decodeNpy(bytes, path);
  const entry = chosenEntry(npzEntries(bytes, path), path, array);
  return decodeNpy(entry.read(), `${path}#${entry.name}`);
}

function chosenEntry(entries: readonly NpzEntry[], path: string, array: string | undefined): NpzEntry {
  const names = entries.map(({ name }) => name).join(', ');
  const found = array === undefined ? entries[0] : entries.find(({ name }) => name === array);
  if (found === undefined) {
    const wanted = array === undefined ? '' : ` ${array}`;
    throw new UserError('no-array', `${path} has no array${wanted}; it has ${names || 'none'}.`);
  }
  if (array !== undefined || entries.length === 1) return found;
  const remedy = `Name one: ${path}#${found.name}.`;
  throw new UserError('no-array', `${path} has ${entries.length} arrays: ${names}.`, { remedy });
}
