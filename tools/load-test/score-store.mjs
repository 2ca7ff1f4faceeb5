// How long does a score store of N real curves take to open, and how much memory? Warm, cold, after kill −9, and with its index gone.
//   node tools/load-test/score-store.mjs [--curves 10000000] [--folder FOLDER]        (1.92 GB at ten million; run `npm run build` before)
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openScoreStore } from '@mixture-of-personas/llm';

const { values } = parseArgs({
  options: { curves: { type: 'string', default: '10000000' }, folder: { type: 'string' }, open: { type: 'boolean' } },
});
const curves = Number(values.curves);
const BLOCK = 4096;
const mega = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** A key that stands for request i: two rounds of a 64-bit mixer, as well spread as a hash. */
function keyOf(i) {
  const key = Buffer.alloc(16);
  for (let half = 0n; half < 2n; half++) {
    let x = BigInt(i) * 2n + half + 0x9e3779b97f4a7c15n;
    x = BigInt.asUintN(64, (x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n);
    x = BigInt.asUintN(64, (x ^ (x >> 27n)) * 0x94d049bb133111ebn);
    key.writeBigUInt64LE(x ^ (x >> 31n), 8 * Number(half));
  }
  return key;
}
const curveOf = (i) => ({
  tokens: i % 90,
  gap: -(i % 1000) / 7,
  coefficients: Float64Array.from({ length: 20 }, (_, c) => (i % 97) / (c + 1)),
});

if (values.open) await measureOpening(values.folder);
else await measure(values.folder ?? mkdtempSync(join(tmpdir(), 'mop-store-')));

/** In a process of its own: opens, looks some curves up, and prints what it took. */
async function measureOpening(folder) {
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const store = await openScoreStore(folder);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const grown = process.memoryUsage().rss - before;
  const asked = 100_000;
  const start = performance.now();
  let found = 0;
  for (let i = 0; i < asked; i++) {
    const at = (i * 7919) % curves;
    const curve = store.get(keyOf(at));
    if (curve?.tokens === at % 90) found += 1;
  }
  const each = ((performance.now() - start) / asked) * 1000;
  console.log(
    JSON.stringify({
      seconds: Number(seconds.toFixed(3)),
      processor: Number(((user + system) / 1e6).toFixed(3)),
      curves: store.size,
      memory: mega(grown),
      found: `${found} of ${asked}`,
      lookUp: `${each.toFixed(1)} µs`,
      repairs: store.repairs,
    }),
  );
  process.exit(0); // without close(): as a killed process leaves it
}

async function measure(folder) {
  let store = await openScoreStore(folder);
  const started = performance.now();
  for (let at = store.size; at < curves; at += BLOCK) {
    const count = Math.min(BLOCK, curves - at);
    await store.append(Array.from({ length: count }, (_, i) => ({ key: keyOf(at + i), curve: curveOf(at + i) })));
    if (at % (BLOCK * 256) === 0)
      console.log(
        `${at + count} curves, ${mega(process.memoryUsage().rss)} resident, ${((performance.now() - started) / 1000).toFixed(0)} s`,
      );
  }
  const files = () =>
    ['curves.bin', 'curves.index']
      .filter((name) => existsSync(join(folder, name)))
      .map((name) => `${name} ${mega(statSync(join(folder, name)).size)}`)
      .join(', ');
  report('after kill −9', folder);
  report('the same, when the disk is done with what was appended', folder);
  await store.close();
  console.log(files());
  report('warm', folder);
  for (const name of ['curves.bin', 'curves.index']) forget(join(folder, name));
  report('cold (both files out of the page cache)', folder);
  rmSync(join(folder, 'curves.index'), { force: true });
  report('without its index (rebuilt from the log)', folder);
  store = await openScoreStore(folder);
  await store.close();
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

function report(what, folder) {
  const words = [fileURLToPath(import.meta.url), '--open', '--folder', folder, '--curves', String(curves)];
  console.log(`${what}: ${execFileSync(process.execPath, words, { encoding: 'utf8' }).trim()}`);
}

/** Takes a file out of the page cache, where the system has a way. */
function forget(path) {
  const { status } = spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
  if (status !== 0) console.log(`the page cache could not be emptied of ${path}: its figure is a warm one`);
}
