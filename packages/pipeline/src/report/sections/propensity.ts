import { fixedText, shareText } from '../elements/format.js';
import { safe, NOTHING, type Html } from '../elements/html.js';
import { figureForAnyWidth, legend } from '../plots/draw.js';
import { coloredPersonas, heatMap, OTHERS, rankedPersonas, stackedAreas } from '../plots/propensity-plots.js';
import type { Propensity } from '../../analysis/propensity.js';
import type { ReportInput } from '../elements/report-input.js';
import { folded, pageTable } from '../elements/table.js';
import { tableColumns } from '../../tables/table.js';

const WHAT = {
  year: 'years named in the contexts',
  number: 'numbers in the contexts',
  label: 'labels of the records',
  context: 'most common contexts',
  nothing: 'records',
} as const;

/** Section on propensity: mean π over groups of records. */
export function propensitySection({ data, names }: ReportInput): Html {
  const { propensity } = data;
  if (names.length < 2) return safe`<p>There is one persona, which speaks always.</p>`;
  if (propensity.groups.length < 2)
    return safe`<p>
      The records have neither contexts nor labels to sort them by; the table of personas below gives each one’s share
      of all records.
    </p>`;
  const areas = propensity.ordered && propensity.groups.filter(({ records }) => records > 0).length > 2;
  return safe`<p>
      Mean persona probability π of the golden records, sorted by the ${WHAT[propensity.over]}. The gate was not told the
      groups.
    </p>
    ${informationText(propensity)} ${areas ? areaFigure(propensity, names) : NOTHING}
    ${figureForAnyWidth(
      (width) => heatMap(propensity, names, width),
      safe`<b>Who speaks when.</b> A row a
        persona${propensity.ordered ? ', sorted by when it speaks most' : ', most common first'}; the darker, the larger
        its π in that group.`,
    )}
    ${folded('The same as a table', propensityTable(propensity, names))}`;
}

function informationText({ information }: Propensity): Html {
  if (information === null) return NOTHING;
  const { nats, shuffledMean, shuffledMax, shuffles, ceiling } = information;
  return safe`<p>
    The group tells ${fixedText(nats, 3)} nats about the persona, of at most ${fixedText(ceiling, 2)}. With the groups
    shuffled ${shuffles} times it is ${fixedText(shuffledMean, 3)} on average and ${fixedText(shuffledMax, 3)} at most.
  </p>`;
}

function areaFigure(propensity: Propensity, names: readonly string[]): Html {
  const colored = coloredPersonas(propensity).map((k, i) => ({
    name: names[k] ?? '',
    color: `var(--series-${i + 1})`,
  }));
  const others = names.length > colored.length ? [{ name: OTHERS, color: 'var(--others)' }] : [];
  return safe`${figureForAnyWidth(
    (width) => stackedAreas(propensity, names, width),
    safe`<b>Shares of the most common personas</b>, stacked from below in the order of the key.`,
  )}
    ${legend([...colored, ...others])}`;
}

function propensityTable(propensity: Propensity, names: readonly string[]): Html {
  const groups = propensity.groups.filter(({ records }) => records > 0);
  const titles = groups.map(({ name, records }) => `${name} (${records})`);
  return pageTable({
    caption: 'Mean π of each persona in each group; in brackets the records of the group.',
    columns: tableColumns('persona', titles),
    rows: rankedPersonas(propensity).map((k) => [
      names[k] ?? '',
      ...groups.map(({ personas }) => shareText(personas[k]!)),
    ]),
  });
}
