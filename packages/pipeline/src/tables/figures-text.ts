import { METRICS, type Evaluation, type MetricFacts, type MetricValue } from '@mixture-of-personas/metrics';
import { formatTable, tableColumns } from './table.js';

/** Better direction of a figure. */
export const ARROWS: Readonly<Record<MetricFacts['better'], string>> = { lower: '↓', higher: '↑', target: '→ golden' };

/**
 * Figures for people: a table (value, interval, floor, n, which way is better), then each figure's warnings as sentences.
 * @param width the table turns into blocks where it would be wider
 */
export function figuresText(figures: Evaluation, width: number): string {
  const list = Object.values(figures);
  const columns = tableColumns('metric', 'better', ['value', 'interval', 'floor', 'n']);
  const rows = list.map(rowOf);
  const warnings = list.flatMap(({ name, warnings: sentences }) => sentences.map((sentence) => `${name}: ${sentence}`));
  const legend =
    'floor: real records against other real ones, at the same numbers or those in brackets. n: synthetic / golden.';
  return [formatTable({ columns, rows }, width), '', legend, ...warnings].join('\n');
}

/** Name of a figure; of MAUVE with its preset, as presets are different scales. */
export function figureName({ name, settings }: Pick<MetricValue, 'name' | 'settings'>): string {
  const { preset } = settings;
  return preset === undefined ? name : `${name} (${String(preset)})`;
}

/** Four significant digits: more would be noise at any n a person has. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 1e-4 || size >= 1e6 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

function rowOf(figure: MetricValue): string[] {
  const { value, interval, floor, split, n } = figure;
  return [
    figureName(figure),
    ARROWS[METRICS[figure.name].better],
    numberText(value),
    interval === null ? '–' : `[${numberText(interval[0])}, ${numberText(interval[1])}]`,
    floor !== null ? numberText(floor) : split ? `${numberText(split.value)} (at ${split.n.join(' / ')})` : '–',
    `${n[0]} / ${n[1]}`,
  ];
}
