// Does batching pay on a CPU? The same texts one at a time, in batches sorted by token count, and in batches as they come.
// usage: npm run bench -- encoder onnx [--folder MODEL] [--texts 300] [--rounds 3]
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomFor } from '@mixture-of-personas/numeric';
import { openEncoder } from '../dist/index.js';

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(process.env.MOP_MODELS ?? join(cache, 'mop-models'), 'all-MiniLM-L6-v2') },
    texts: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '3' },
  },
});
if (!existsSync(values.folder)) {
  console.log(`skipped: there is no model folder ${values.folder}`);
  process.exit(0);
}
const words =
  'the market fell after its central bank raised interest rates again while exports of grain recovered'.split(' ');
// 4 to 120 words each: a spread like that of news, reviews and headlines together
const texts = Array.from({ length: Number(values.texts) }, (_, i) => {
  const random = randomFor(1, 'bench', i);
  const length = 4 + Math.floor(116 * random() ** 2);
  return Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
});

async function open(name, options) {
  return { name, options, encoder: await openEncoder(`onnx:${values.folder}`, options), seconds: [], cpu: [] };
}
const contenders = await Promise.all([
  open('one at a time, 1 thread', { threads: 1, batchSize: 1 }),
  open('8 by length, 1 thread', { threads: 1, batchSize: 8 }),
  open('32 by length, 1 thread', { threads: 1, batchSize: 32 }),
  open('one at a time, all threads', { batchSize: 1 }),
  open('8 by length, all threads', { batchSize: 8 }),
  { ...(await open('8 as they come, 1 thread', { threads: 1, batchSize: 8 })), slice: 8 },
]);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const contender of contenders) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const slice = contender.slice ?? texts.length;
    for (let i = 0; i < texts.length; i += slice) await contender.encoder.embed(texts.slice(i, i + slice));
    contender.seconds.push((performance.now() - start) / 1e3);
    const used = process.cpuUsage(cpu);
    contender.cpu.push((used.user + used.system) / 1e6);
  }
}
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
console.log(`${texts.length} texts, ${values.rounds} rounds interleaved, medians (range of wall time)`);
for (const { name, seconds, cpu, encoder } of contenders) {
  const range = `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`;
  console.log(`${name.padEnd(28)} ${median(seconds).toFixed(2)} s (${range})  ${median(cpu).toFixed(2)} CPU s`);
  await encoder.close();
}
