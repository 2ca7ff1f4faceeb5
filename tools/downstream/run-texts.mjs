// What the scripts beside this file read of a run folder.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeLines } from '@mixture-of-personas/pipeline';

/** Name of the texts that the run's own method wrote. */
export const OWN = 'its own';

/** Texts of a file of rows, without those that are empty, which figures leave out. */
export async function textsIn(path) {
  return decodeLines(new Uint8Array(await readFile(path)))
    .map(({ text }) => text)
    .filter((text) => text !== '');
}

/** The texts of a run by name: its own, then those of its baselines. */
export async function textSets(run) {
  const names = await readdir(join(run, 'baselines')).catch(() => []);
  const files = [
    [OWN, 'synthetic.jsonl'],
    ...names.map((name) => [name.replace('.jsonl', ''), join('baselines', name)]),
  ];
  return Promise.all(files.map(async ([name, file]) => ({ name, texts: await textsIn(join(run, file)) })));
}

/** Source of a run's golden records, of some labels or of all. */
export function goldenSource({ population, golden }, labels) {
  const { path, format, columns } = population;
  return { ...(golden.path === undefined ? { path, format, columns } : golden), split: golden.split, labels };
}
