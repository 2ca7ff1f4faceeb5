import * as Plot from '@observablehq/plot';
import { shareText, shortened } from '../elements/format.js';
import type { Html } from '../elements/html.js';
import type { Propensity } from '../../analysis/propensity.js';
import { columnAxis, drawPlot, nameColumn, type PlotWidth } from './draw.js';

/** Personas with a color of their own in the stacked plot: as many as eyes keep apart. */
const COLORS = 8;
/** Rows of the heat map. */
const ROWS = 30;

interface Cell {
  readonly persona: string;
  readonly group: string;
  readonly share: number;
}

/** Personas by their share of the groups, largest first. */
export function rankedPersonas({ groups }: Propensity): number[] {
  const totals = new Map<number, number>();
  for (const { personas } of groups) personas.forEach((share, k) => totals.set(k, (totals.get(k) ?? 0) + share));
  return [...totals].sort(([a, one], [b, other]) => other - one || a - b).map(([k]) => k);
}

/** π of the most common personas, a row each and a column a group; ordered groups sort the rows by when a persona speaks most. */
export function heatMap(propensity: Propensity, names: readonly string[], width: PlotWidth): Html {
  const ranked = rankedPersonas(propensity).slice(0, ROWS);
  const rows = propensity.ordered
    ? ranked.sort((a, b) => centerOfMass(propensity, a) - centerOfMass(propensity, b))
    : ranked;
  const wide = width === 'wide';
  const { marginLeft, length } = nameColumn(width);
  const label = (k: number): string => shortened(names[k] ?? '', length);
  const cells = propensity.groups.flatMap(({ name, personas }) =>
    personas.length === 0 ? [] : rows.map((k): Cell => ({ persona: label(k), group: name, share: personas[k]! })),
  );
  const most = cells.reduce((largest, { share }) => Math.max(largest, share), 1e-9);
  return drawPlot(
    {
      width: wide ? 960 : 340,
      height: 46 + rows.length * (wide ? 22 : 19) + (propensity.ordered ? 0 : 24),
      marginTop: 8,
      marginLeft,
      marginRight: wide ? 24 : 20,
      marginBottom: propensity.ordered ? 34 : 60,
      x: { ...columnAxis(propensity.groups, width, propensity.ordered), padding: 0.04 },
      y: { type: 'band', domain: rows.map(label), label: null, tickSize: 0, padding: 0.06 },
      marks: [
        Plot.cell(cells, {
          x: 'group',
          y: 'persona',
          fill: 'var(--heat)',
          fillOpacity: ({ share }: Cell) => 0.03 + (0.97 * share) / most,
          ...(wide ? { title: ({ persona, group, share }: Cell) => `${persona}, ${group}: ${shareText(share)}` } : {}),
        }),
      ],
    },
    `Heat map of π for the ${rows.length} most common personas over ${propensity.groups.length} groups; the table below has the numbers.`,
  );
}

/** π of the most common personas stacked over ordered groups; what the others have together is gray. */
export function stackedAreas(propensity: Propensity, names: readonly string[], width: PlotWidth): Html {
  const top = coloredPersonas(propensity);
  const groups = propensity.groups.filter(({ personas }) => personas.length > 0);
  const cells = groups.flatMap(({ name, personas }) => {
    const shown = top.map((k): Cell => ({ persona: names[k] ?? '', group: name, share: personas[k]! }));
    const rest = 1 - shown.reduce((sum, { share }) => sum + share, 0);
    return personas.length > top.length
      ? [...shown, { persona: OTHERS, group: name, share: Math.max(0, rest) }]
      : shown;
  });
  const wide = width === 'wide';
  const domain = [...top.map((k) => names[k] ?? ''), OTHERS];
  return drawPlot(
    {
      width: wide ? 960 : 340,
      height: wide ? 320 : 240,
      marginLeft: 52,
      marginRight: wide ? 16 : 20,
      marginBottom: 34,
      x: { ...columnAxis(groups, width, true), type: 'point', padding: 0 },
      y: { label: null, percent: true, grid: true, tickFormat: (value: number) => `${value} %` },
      color: { type: 'ordinal', domain, range: [...top.map((_, i) => `var(--series-${i + 1})`), 'var(--others)'] },
      marks: [
        Plot.areaY(cells, {
          x: 'group',
          y: 'share',
          fill: 'persona',
          order: domain,
          stroke: 'var(--surface)',
          strokeWidth: 0.6,
          ...(wide ? { title: ({ persona }: Cell) => persona } : {}),
        }),
      ],
    },
    `Stacked shares of the ${top.length} most common personas over ${groups.length} groups; the table below has the numbers.`,
  );
}

/** Name of what has no color of its own. */
export const OTHERS = 'all others';

/** The personas that `stackedAreas` gives colors to. */
export function coloredPersonas(propensity: Propensity): number[] {
  return rankedPersonas(propensity).slice(0, COLORS);
}

/** Mean position of a persona's share among the groups. */
function centerOfMass({ groups }: Propensity, k: number): number {
  let [sum, total] = [0, 0];
  groups.forEach(({ personas }, g) => {
    sum += g * (personas[k] ?? 0);
    total += personas[k] ?? 0;
  });
  return total > 0 ? sum / total : 0;
}
