import * as Plot from '@observablehq/plot';
import domino from 'domino';
import { shortened } from '../elements/format.js';
import { safe, type Html } from '../elements/html.js';

/** Width of a drawing for a screen that has room, and for a phone, in CSS pixels. */
export type PlotWidth = 'wide' | 'narrow';

/** Room for names beside the rows of a plot: its width in pixels and the characters that fit in it. */
export function nameColumn(width: PlotWidth): { readonly marginLeft: number; readonly length: number } {
  return width === 'wide' ? { marginLeft: 280, length: 41 } : { marginLeft: 122, length: 18 };
}

/** An axis of groups, as many named as there is room for. */
export function columnAxis(
  groups: readonly { readonly name: string }[],
  width: PlotWidth,
  ordered: boolean,
): Plot.ScaleOptions {
  const columns = groups.map(({ name }) => name);
  const room = width === 'wide' ? 14 : 4;
  const every = ordered ? Math.ceil(columns.length / room) : 1;
  const length = width === 'wide' ? 22 : 9;
  return {
    type: 'band',
    domain: columns,
    label: null,
    tickSize: 0,
    ticks: columns.filter((_, i) => i % every === 0),
    tickFormat: (name: string) => shortened(name, length),
    ...(ordered ? {} : { tickRotate: -25 }),
  };
}

/** A plot of a page as SVG: colors are variables of the page's style, so that light and dark are one drawing. */
export function drawPlot(options: Plot.PlotOptions, label: string): Html {
  return { markup: plotSvg(options, { class: 'plot', role: 'img', 'aria-label': label }) };
}

/** A plot as an SVG element with these attributes, without a style of its own. */
export function plotSvg(options: Plot.PlotOptions, attributes: Readonly<Record<string, string>>): string {
  const document: unknown = domino.createDocument('');
  const svg = Plot.plot({ ...options, document }) as unknown as Element;
  for (const style of Array.from(svg.querySelectorAll('style'))) style.remove();
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const element of Array.from(svg.querySelectorAll('*'))) shorten(element);
  return svg.outerHTML;
}

/** The part of a document's element that drawing needs; domino's types name the browser's, which Node does not have. */
interface Element {
  readonly outerHTML: string;
  readonly attributes: ArrayLike<{ readonly name: string; readonly value: string }>;
  querySelectorAll(selector: string): ArrayLike<Element>;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
}

/** A hundredth of a pixel is enough; inner labels would be read out one by one. */
function shorten(element: Element): void {
  for (const { name, value } of Array.from(element.attributes)) {
    if (name.startsWith('aria-')) element.removeAttribute(name);
    else if (/^(?:d|points|transform|c?[xy][12]?|width|height|fill-opacity)$/.test(name)) {
      element.setAttribute(name, value.replace(/\.(\d\d)\d+/g, '.$1'));
    }
  }
}

/** The colors of a plot, variables of the page's style, with what they stand for. */
export function legend(entries: readonly { readonly color: string; readonly name: string }[]): Html {
  const items = entries.map(
    ({ color, name }) => safe`<li dir="auto">
      <svg class="key" viewBox="0 0 4 4" aria-hidden="true"><rect width="4" height="4" rx="1" fill="${color}" /></svg>${name}
    </li>`,
  );
  return safe`<ul class="legend">
    ${items}
  </ul>`;
}

/** A figure of one drawing. */
export function figure(plot: Html, caption: string | Html): Html {
  return safe`<figure>
    ${plot}
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** A figure drawn twice; the page's style shows the one that fits the screen. */
export function figureForAnyWidth(draw: (width: PlotWidth) => Html, caption: string | Html): Html {
  return safe`<figure>
    <div class="wide">${draw('wide')}</div>
    <div class="narrow">${draw('narrow')}</div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}
