// Question: how often does a table of comparisons over seeds call per method better or worse where there is no difference?
// usage: node bench/null-effect.mjs [--smoke]   (npm run bench -- metrics --null-effect)
import { normal, randomFor } from '@mixture-of-personas/numeric';
import { compareOverSeeds } from '../dist/index.js';

/** Prints the share of null tables with any verdict, of 4,000 (40 with `smoke`) a case. */
export function nullEffect({ smoke = false } = {}) {
  const tables = smoke ? 40 : 4000;
  for (const [seeds, comparisons] of [
    [4, 5],
    [5, 1],
    [5, 5],
    [5, 20],
    [10, 20],
  ]) {
    let wrong = 0;
    for (let table = 0; table < tables; table++) {
      const random = randomFor(table, 'null-effect', seeds * 1000 + comparisons);
      // All comparisons share the reference method's values, as in a table.
      const reference = Array.from({ length: seeds }, () => normal(random));
      const differences = () => reference.map((value) => normal(random) - value);
      const given = Array.from({ length: comparisons }, () => ({ differences: differences(), better: 'lower' }));
      if (compareOverSeeds(given).some(({ verdict }) => verdict !== 'open')) wrong++;
    }
    console.log(
      `${seeds} seeds, ${comparisons} comparisons: ${((100 * wrong) / tables).toFixed(1)} % of ${tables} null tables have a verdict`,
    );
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) nullEffect({ smoke: process.argv.includes('--smoke') });
