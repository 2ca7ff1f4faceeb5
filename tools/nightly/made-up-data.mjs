// `node tools/nightly/made-up-data.mjs FOLDER`: data sets of made-up sentences in the forms that the experiments read, for machines without the real ones.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sentence } from './material.mjs';

/** Records of each part. */
const COUNT = 40;
const parts = { train: 0, test: COUNT };
const [folder] = process.argv.slice(2);

function write(name, content) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
const lines = (from, line) => Array.from({ length: COUNT }, (_, i) => line(i, sentence(from + i))).join('');

for (const [part, from] of Object.entries(parts)) {
  write(
    `ag_news/${part}.csv`,
    lines(from, (i, text) => `"${(i % 4) + 1}","News of ${i}","${text}"\n`),
  );
  write(
    `yelp/${part}.csv`,
    lines(from, (i, text) => `"${(i % 2) + 1}","${text}"\n`),
  );
  write(`sst2/${part}.tsv`, `sentence\tlabel\n${lines(from, (i, text) => `${text}\t${i % 2}\n`)}`);
  for (let i = 0; i < COUNT; i++) write(`imdb/${part}/${i % 2 ? 'pos' : 'neg'}/${i}_${i % 10}.txt`, sentence(from + i));
}
