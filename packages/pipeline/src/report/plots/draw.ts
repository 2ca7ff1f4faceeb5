import * as Plot from '@observablehq/plot';
import domino from 'domino';
import { safe, type Html } from '../elements/html.js';

/** Width of a drawing for a screen that has room, and for a phone, in CSS pixels. */
export type PlotWidth = 'wide' | 'narrow';

/** A plot as SVG: colors are variables of the page's style, so that light and dark are one drawing. */
export function drawPlot(options: Plot.PlotOptions, label: string): Html {
  const document: unknown = domino.createDocument('');
  const svg = Plot.plot({ ...options, document }) as unknown as Element;
  for (const style of Array.from(svg.querySelectorAll('style'))) style.remove();
  svg.setAttribute('class', 'plot');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  for (const element of Array.from(svg.querySelectorAll('*'))) shorten(element);
  return { markup: svg.outerHTML };
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
