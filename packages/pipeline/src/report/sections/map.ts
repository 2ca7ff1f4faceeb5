import { countText } from '../elements/format.js';
import { safe, type Html } from '../elements/html.js';
import { figureForAnyWidth, legend } from '../plots/draw.js';
import { mapPlot } from '../plots/map-plot.js';
import type { ReportInput } from '../elements/report-input.js';

/** Section with the map of simulated texts among golden ones. */
export function mapSection({ data, metrics }: ReportInput): Html {
  const { golden, simulated } = data.map;
  const caption = safe`<b>Embedding map.</b> Principal components of both sets together; ellipses of two standard
    deviations, crosses at the means. Texts far outside the golden ellipse are unlike the population; golden texts
    without simulated neighbors are missed.`;
  return safe`<p>
      ${countText(golden.count)} golden records and ${countText(simulated.count)} simulated texts as
      ${metrics.evaluation.encoder} sees them.
    </p>
    ${legend(['golden', 'simulated'].map((name) => ({ name, color: `var(--${name})` })))} ${figureForAnyWidth((width) => mapPlot(data.map, width), caption)}`;
}
