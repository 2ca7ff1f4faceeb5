// How many records of 60 words does the embedded encoder embed per second of one core, tokenizing included? Records are all different; a word is drawn
// with the frequency 1 / (rank + 10) from a list of made-up and known words, so that the memory of words is hit about as often as in real text.
// usage: npm run bench -- encoder embedded [--texts 5000] [--rounds 5]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { randomFor } from '@mixture-of-personas/numeric';
import { openEncoder } from '../dist/index.js';

const { values } = parseArgs({
  options: { texts: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '5' } },
});
const WORDS = 60;
const vocabulary = readFileSync(new URL('../embedded/vocabulary.txt', import.meta.url), 'utf8').split('\n');
const starts = vocabulary.filter((piece) => /^[a-z]{2,}$/.test(piece));
const ends = vocabulary.filter((piece) => /^##[a-z]{2,}$/.test(piece)).map((piece) => piece.slice(2));
const random = randomFor(1, 'words', 0);
const pick = (list) => list[Math.floor(random() * list.length)];
// Every fifth word is spelled from two pieces or more: real English needs about 1.15 pieces per word.
const words = starts.map((start, i) => (i % 5 === 4 ? pick(starts) + pick(ends) : start));
const drawWord = (draw) => words[Math.floor(10 * ((words.length / 10 + 1) ** draw() - 1))];
const texts = Array.from({ length: Number(values.texts) }, (_, i) => {
  const draw = randomFor(2, 'text', i);
  const drawn = Array.from({ length: WORDS }, () => drawWord(draw));
  return `${drawn[0][0].toUpperCase()}${drawn.join(' ').slice(1)}.`;
});

const seconds = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const encoder = await openEncoder('embedded');
  const before = process.cpuUsage();
  await encoder.embed(texts);
  const { user, system } = process.cpuUsage(before);
  seconds.push((user + system) / 1e6);
  await encoder.close();
}
const rates = seconds.map((each) => texts.length / each).sort((a, b) => a - b);
const shown = (rate) => Math.round(rate).toLocaleString('en');
console.log(`${texts.length} records of ${WORDS} words, ${rates.length} rounds, a new encoder each, CPU time`);
console.log(
  `${shown(rates[Math.floor(rates.length / 2)])} records per second (${shown(rates[0])}–${shown(rates.at(-1))}); the bar is 10,000`,
);
