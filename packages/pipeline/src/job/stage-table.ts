import { markdownTable } from '../tables/markdown-table.js';
import { withTable } from '../config/generated.js';
import { STAGES } from './stage-list.js';
import { tableColumns } from '../tables/table.js';

/** A README with its table of stages, between its marks, made new from the list. */
export function withStageTable(readme: string): string {
  const rows = STAGES.map(({ name, part, does, inputs, artifacts }) => {
    const files = artifacts.map((artifact) => `\`${artifact.name}\``).join(', ');
    return [`\`${name}\``, `\`${part}\``, does, inputs.join(', ') || '–', files || '– (computed each time)'];
  });
  const columns = tableColumns('stage', 'part', 'it', 'uses', 'writes');
  const table = markdownTable({ columns, rows }, 'markup');
  return withTable(readme, ['<!-- stages: start (npm run refresh) -->', '<!-- stages: end -->'], table);
}
