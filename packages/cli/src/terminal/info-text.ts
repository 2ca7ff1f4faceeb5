import {
  figuresCaption,
  figuresTable,
  formatTable,
  heldOutCaption,
  heldOutTable,
  stageTimesTable,
  type RowExplanation,
  type RunSummary,
} from '@mixture-of-personas/pipeline';

/** A run's summary for people, its tables no wider than `width`. */
export function summaryText(summary: RunSummary, width: number): string {
  const { folder, finished, fingerprints, metrics, stages, ...counts } = summary;
  const missing = metrics === null ? 'not yet' : 'none';
  const made = Object.entries(counts).map(([name, count]) => `${name}: ${count ?? missing}`);
  const hashes = Object.entries(fingerprints).map(([name, hash]) => `${name}: ${hash.slice(0, 12)}`);
  const lines = [folder, `finished: ${finished.join(', ') || 'nothing yet'}`, ...made, ...hashes];
  const head = [lines.join('\n'), ...(stages.length > 0 ? [formatTable(stageTimesTable(stages), width)] : [])];
  if (metrics === null) return head.join('\n\n');
  const { heldOut, evaluation } = metrics;
  const tables = [formatTable(figuresTable(evaluation), width), figuresCaption(evaluation)];
  if (heldOut !== null) tables.unshift(formatTable(heldOutTable(heldOut), width), heldOutCaption(heldOut));
  return [...head, ...tables].join('\n\n');
}

/** Origin of one text, for people. */
export function rowText({ row, persona, exemplar, prompt, promptHashHolds }: RowExplanation): string {
  const drawn = [
    `persona ${row.personaId} (π = ${row.personaProbability.toPrecision(4)}): ${persona?.persona ?? 'none'}`,
    `exemplar ${row.exemplarId} (Ω = ${row.exemplarProbability.toPrecision(4)}): ${exemplar?.text ?? 'none'}`,
  ];
  const hash = promptHashHolds
    ? 'holds: the prompt rendered again gives it'
    : 'DOES NOT HOLD: the prompt rendered again differs';
  return [
    `row ${row.id}: ${row.text}`,
    `label: ${row.label ?? 'none'}; context: ${row.context ?? 'none'}`,
    ...drawn,
    `temperature ${row.temperature.toFixed(4)}; seed ${row.seed}; model ${row.model}`,
    `prompt hash ${row.promptHash} ${hash}`,
    `prompt:\n${prompt}`,
  ].join('\n');
}
