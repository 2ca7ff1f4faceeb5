import { promptHash, renderPrompt } from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';
import { configOf } from '../run-folder/run-config.js';
import type { RunFolder } from '../run-folder/run-folder.js';
import { loadTemplate } from '../context/text-files.js';
import type { Artifact } from '../artifacts/artifact.js';
import { METRICS_FILE } from '../artifacts/metrics.js';
import { EXEMPLARS, PERSONAS, SYNTHETIC } from '../artifacts/texts.js';
import { tableColumns, type TableContent } from '../tables/table.js';

/** Work of one stage; null where the folder, of an earlier version, does not know it. */
export interface StageWork {
  readonly stage: string;
  readonly seconds: number | null;
  /** Forward passes for scores; null too for stages that take none. */
  readonly passes: number | null;
  /** Texts that the stage wrote; null for stages that write none. */
  readonly texts: number | null;
}

/** Counts and figures of a run, as far as it went. @throws UserError `damaged-run` when a file was changed since */
export async function runSummary(folder: RunFolder) {
  const { manifest } = folder;
  const count = async (artifact: Artifact<readonly unknown[]>): Promise<number | null> =>
    folder.has(artifact.stage) ? (await folder.read(artifact)).length : null;
  return {
    folder: folder.path,
    finished: Object.keys(manifest.stages),
    fingerprints: manifest.fingerprints,
    personas: await count(PERSONAS),
    exemplars: await count(EXEMPLARS),
    texts: await count(SYNTHETIC),
    metrics: folder.has('evaluate') ? await folder.read(METRICS_FILE) : null,
    /** Every finished stage with what it took. */
    stages: await stagesOf(folder),
  };
}

/** Content of a run folder, for people. */
export type RunSummary = Awaited<ReturnType<typeof runSummary>>;

async function stagesOf(folder: RunFolder): Promise<StageWork[]> {
  const times = await folder.times();
  const { count } = configOf(folder).simulate;
  return Object.keys(folder.manifest.stages).map((stage) => ({
    stage,
    seconds: times[stage]?.seconds ?? null,
    passes: times[stage]?.passes || null,
    texts: stage.startsWith('simulate') ? count : null,
  }));
}

/** The time of each stage, and of all together. */
export function stageTimesTable(stages: readonly StageWork[]): TableContent {
  const known = stages.flatMap(({ seconds }) => seconds ?? []);
  const total = known.reduce((sum, seconds) => sum + seconds, 0);
  const whole = known.length === stages.length && known.length > 0;
  return {
    columns: tableColumns('stage', ['seconds'], 'work'),
    rows: [
      ...stages.map(({ stage, seconds, passes, texts }) => [
        stage,
        seconds?.toFixed(1) ?? '–',
        workText(passes, texts),
      ]),
      ['all stages', whole ? total.toFixed(1) : '–', ''],
    ],
  };
}

function workText(passes: number | null, texts: number | null): string {
  const parts = [passes === null ? [] : `${passes} forward passes`, texts === null ? [] : `${texts} texts`];
  return parts.flat().join(', ');
}

/**
 * Explains row `index` (from 0) of `synthetic.jsonl`.
 * @throws UserError `no-row` when the run has no such row
 */
export async function explainRow(folder: RunFolder, index: number) {
  const rows = folder.has('simulate') ? await folder.read(SYNTHETIC) : [];
  const row = rows[index];
  if (row === undefined) {
    const range = rows.length === 0 ? 'it has no simulated texts yet' : `its rows are 0 to ${rows.length - 1}`;
    throw new UserError('no-row', `${folder.path} has no row ${index}: ${range}.`);
  }
  const personas = await folder.read(PERSONAS);
  const exemplars = await folder.read(EXEMPLARS);
  const persona = personas.find(({ id }) => id === row.personaId) ?? null;
  const exemplar = exemplars.find(({ id }) => id === row.exemplarId) ?? null;
  const template = await loadTemplate(configOf(folder));
  const shown = row.exemplarIds?.flatMap((id) => exemplars.find((one) => one.id === id)?.text ?? []) ?? exemplar?.text;
  const values = {
    persona: persona?.persona,
    exemplar: shown,
    context: row.context ?? undefined,
    label: row.label ?? undefined,
  };
  const prompt = renderPrompt(template, 'generate', values, { label: row.promptLabel ?? 'always' });
  const text =
    'text' in prompt ? prompt.text : prompt.messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
  return {
    row,
    persona,
    exemplar,
    /** Rendered again from the folder's personas, exemplars and templates. */
    prompt: text,
    /** Whether its hash is the one that the row carries. */
    promptHashHolds: promptHash(prompt) === row.promptHash,
  };
}

/** Origin of one simulated text; persona and exemplar are null for one without. */
export type RowExplanation = Awaited<ReturnType<typeof explainRow>>;
