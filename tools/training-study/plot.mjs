// Draws how far an estimate from M pairs is from the likelihood of all pairs, top-M against drawn pairs.
// usage: node tools/training-study/plot.mjs RESULT.json OUT.svg
import { readFile, writeFile } from 'node:fs/promises';
import * as Plot from '@observablehq/plot';
import domino from 'domino';

const [result, out] = process.argv.slice(2);
const { exploration } = JSON.parse(await readFile(result, 'utf8'));
const rows = exploration.flatMap(({ pairs, topBias, drawnBias, drawnRatio }) => [
  { pairs, bias: topBias, which: 'top-M pairs: log p̂' },
  { pairs, bias: drawnBias, which: 'drawn pairs: log p̂' },
  { pairs, bias: Math.log(drawnRatio), which: 'drawn pairs: log of the mean p̂/p' },
]);
const svg = Plot.plot({
  document: domino.createDocument(),
  width: 640,
  height: 360,
  marginLeft: 60,
  marginTop: 36,
  style: { background: 'white', color: 'black', fontSize: '12px' },
  x: { type: 'log', base: 2, label: 'forward passes per record (pairs scored)', tickFormat: 'd' },
  y: { label: 'bias against all pairs, nats per record', grid: true },
  color: { legend: false, domain: [...new Set(rows.map(({ which }) => which))] },
  marks: [
    Plot.ruleY([0]),
    Plot.line(rows, { x: 'pairs', y: 'bias', stroke: 'which', strokeWidth: 2 }),
    Plot.dot(rows, { x: 'pairs', y: 'bias', fill: 'which' }),
    Plot.text(
      rows.filter(({ pairs }) => pairs === 4),
      { x: 'pairs', y: 'bias', text: 'which', fill: 'which', textAnchor: 'start', dx: 10, dy: 12 },
    ),
  ],
});
svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
await writeFile(out, `${svg.outerHTML}\n`);
