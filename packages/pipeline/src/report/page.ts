import { stringify } from 'yaml';
import { safe, type Html } from './elements/html.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets.js';
import { contentPolicy } from './policy.js';
import type { ReportInput } from './elements/report-input.js';
import { auditSection } from './sections/audit.js';
import { diagnosticsSection } from './sections/diagnostics.js';
import { figures } from './sections/figures.js';
import { fitSection } from './sections/fit.js';
import { mapSection } from './sections/map.js';
import { overview } from './sections/overview.js';
import { propensitySection } from './sections/propensity.js';
import { shiftSection } from './sections/shift.js';
import { textsSection } from './sections/texts.js';

/** In the order of the page. */
const SECTIONS = [
  { id: 'figures', title: 'How close', content: figures },
  { id: 'who', title: 'Who speaks when', content: propensitySection },
  { id: 'map', title: 'Map', content: mapSection },
  { id: 'fit', title: 'Fit', content: fitSection },
  { id: 'shift', title: 'What the fit changed', content: shiftSection },
  { id: 'mixture', title: 'Mixture', content: diagnosticsSection },
  { id: 'texts', title: 'Texts', content: textsSection },
  { id: 'audit', title: 'Audit', content: auditSection },
  { id: 'settings', title: 'Settings', content: settings },
];

/**
 * The report of a run as one page that needs nothing else: no network, no other file. Every text of records, personas, models and settings is
 * escaped where the page is written, or inserted as text by its script.
 */
export function reportPage(input: ReportInput): string {
  const links = SECTIONS.map(({ id, title }) => safe`<li><a href="#${id}">${title}</a></li>`);
  const sections = SECTIONS.map(
    ({ id, title, content }) =>
      safe`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${content(input)}
      </section> `,
  );
  const head = safe`<meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${contentPolicy(PAGE_SCRIPT, PAGE_STYLE)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>Mixture of personas: a run</title>
    <style>${{ markup: PAGE_STYLE }}</style>`;
  const page = safe`<!doctype html>
    <html lang="en">
      <head>
        ${head}
      </head>
      <body>
        <a class="skip" href="#figures">Skip to the figures</a>
        <header>
          <h1>Mixture of personas: a run</h1>
          ${overview(input)}
        </header>
        <nav class="contents" aria-label="Sections">
          <ul>
            ${links}
          </ul>
        </nav>
        <main>${sections}</main>
        <script>${{ markup: PAGE_SCRIPT }}</script>
      </body>
    </html>
`;
  return page.markup;
}

function settings({ manifest }: ReportInput): Html {
  const versions = Object.entries(manifest.versions).map(([name, version]) => `${name} ${version}`);
  return safe`<p>The same again: <code>mop run</code> with these settings. ${versions.join(', ')}.</p>
    <div class="scroll" tabindex="0" role="group" aria-label="Settings, scrolls">
      <pre>${stringify(manifest.config)}</pre>
    </div>`;
}
