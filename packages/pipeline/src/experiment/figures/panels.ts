import type { PlotOptions } from '@observablehq/plot';
import { plotSvg } from '../../report/plots/draw.js';
import { escapeHtml } from '../../tables/escape.js';

/** Panels of one size, row by row, and what stands below them. */
export interface Panels {
  readonly title: string;
  readonly panels: readonly PlotOptions[];
  /** Panels in a row. */
  readonly columns: number;
  /** Size of a panel, pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** Markup below the panels, with its height. */
  readonly foot: { readonly markup: string; readonly height: number };
}

/** Panels as one SVG file. */
export function panelsSvg({ title, panels, columns, size, foot }: Panels): string {
  const body = panels.map((panel, i) => {
    const [x, y] = [(i % columns) * size.width, Math.floor(i / columns) * size.height];
    return plotSvg(
      { ...size, ...panel },
      { x: String(x), y: String(y), 'font-family': 'sans-serif', 'font-size': '11' },
    );
  });
  const [width, top] = [Math.max(520, columns * size.width), Math.ceil(panels.length / columns) * size.height];
  const height = top + foot.height;
  const below = `<g transform="translate(12, ${top})">${foot.markup}</g>`;
  const drawn = `<title>${escapeHtml(title)}</title><rect width="100%" height="100%" fill="white"/>${body.join('')}${below}`;
  // XML knows no `&nbsp;`.
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">${drawn.replaceAll('&nbsp;', '&#160;')}</svg>\n`;
}
