// Writes the README's table of metrics from their facts. usage: npm run table -w packages/metrics   (after a build; a test says when it is stale)
import { readFileSync, writeFileSync } from 'node:fs';

const README = new URL('../README.md', import.meta.url);
const BETTER = { lower: 'lower', higher: 'higher', target: 'near golden’s' };
const end = (value) =>
  value === Infinity ? '∞' : value === -Infinity ? '−∞' : value === Math.LN2 ? 'ln 2' : String(value);

/**
 * The README with its table of metrics written anew.
 * @param {string} readme
 * @param {Record<string, import('../src/metric/define-metric.js').MetricFacts>} metrics by name
 */
export function withTable(readme, metrics) {
  const rows = Object.entries(metrics).map(([name, { functions, formula, range, better, source, cost }]) => {
    const calls = functions.map((each) => `\`${each}\``).join(', ');
    const [least, most] = range.map(end);
    const span = `${least === '−∞' ? '(' : '['}${least}, ${most}${most === '∞' ? ')' : ']'}`;
    return [`\`${name}\` (${calls})`, formula.replace(/\|/g, '\\|'), `${span}, ${BETTER[better]}`, source, cost];
  });
  const cells = [['name (functions)', 'formula', 'range, better', 'source', 'cost; interval'], ...rows];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row, fill = ' ') => `| ${row.map((cell, column) => cell.padEnd(widths[column], fill)).join(' | ')} |`;
  const rule = line(
    widths.map(() => ''),
    '-',
  );
  const table = [line(cells[0]), rule, ...rows.map((row) => line(row))].join('\n');
  return readme.replace(/\| name \(functions?\).*?\n(?=\n)/s, () => `${table}\n`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { METRICS } = await import('../dist/index.js');
  writeFileSync(README, withTable(readFileSync(README, 'utf8'), METRICS));
}
