// How every program of the study begins and ends: its flags, the problem they describe, and the file that its result goes to.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openProblem } from './problem.mjs';

const SHARED = {
  path: undefined,
  format: 'auto',
  split: 'train',
  template: 'tokens',
  llm: 'embedded',
  encoder: 'embedded',
  records: '200',
  'held-out': '150',
  'longest-words': '70',
  personas: '8',
  exemplars: '8',
  seed: '0',
  work: undefined,
  out: undefined,
};

export const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Flags and the problem they describe.
 * @param own flags of this program alone and flags with another default, as text; those that look like numbers are given as numbers
 */
export async function openStudy(own) {
  const defaults = Object.entries({ ...SHARED, ...own });
  const options = Object.fromEntries(defaults.map(([name, value]) => [name, { type: 'string', default: value }]));
  const { values } = parseArgs({ options });
  for (const name of ['path', 'work', 'out'])
    if (values[name] === undefined) throw new Error(`--${name} is missing; usage stands at the head of the program.`);
  const isNumber = (value) => /^\d+(\.\d+)?$/.test(value);
  const settings = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isNumber(value) ? Number(value) : value]),
  );
  const { 'held-out': heldOut, 'longest-words': longestWords } = settings;
  return { settings, problem: await openProblem({ ...settings, heldOut, longestWords }, say) };
}

const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);

/** Writes a result as JSON to five digits, its folder made where it is missing. */
export async function writeResult(out, result) {
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify(result, rounded, 1)}\n`);
  say(`written: ${out}`);
}
