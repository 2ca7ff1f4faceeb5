import { counterfactual, type Counterfactual } from '../analysis/audit/counterfactual.js';
import { groupShares, type GroupShare } from '../analysis/audit/group-shares.js';
import { DEFAULT_TERMS, readGroupTerms, type GroupTerms } from '../analysis/audit/group-terms.js';
import { loadRecordSets } from '../context/record-sets.js';
import { recordsFingerprint, sampleRecords, THE_RECORDS } from '../context/sample-records.js';
import { loadTemplate } from '../context/text-files.js';
import { realOpeners } from '../engines/model-openers.js';
import type { EmbeddingContext } from '../engines/evaluated-sets.js';
import { readReportInput, type ReportInput } from '../report/elements/report-input.js';
import { configOf } from '../run-folder/run-config.js';
import { openExistingRun } from '../run-folder/run-folder.js';

/** Options of `auditRun`. */
export interface AuditOptions extends EmbeddingContext {
  /** YAML file of groups and swaps. @defaultValue gender and age */
  readonly terms?: string | undefined;
  /** Texts written again a swap; 0 swaps nothing. */
  readonly texts: number;
  /** Threads within the models. */
  readonly threads?: number | undefined;
}

/** An audit: who is spoken of, and the effect of each swap. */
export interface Audit {
  readonly groups: readonly GroupShare[];
  readonly swaps: readonly Counterfactual[];
}

/**
 * Counts who is spoken of in the records, the personas and the texts of a finished run, and swaps groups in the personas.
 * @throws UserError when there is no finished run, or the terms cannot be read
 */
export async function auditRun(path: string, options: AuditOptions): Promise<Audit> {
  const terms = options.terms === undefined ? DEFAULT_TERMS : await readGroupTerms(options.terms);
  const folder = await openExistingRun(path);
  const run = await readReportInput(folder, configOf(folder));
  return { groups: await sharesOf(options, run, terms), swaps: await swapsOf(options, run, terms) };
}

async function sharesOf({ reporter }: AuditOptions, run: ReportInput, terms: GroupTerms): Promise<GroupShare[]> {
  const records = sampleRecords(await loadRecordSets(run.config), run.config);
  if (run.manifest.fingerprints[THE_RECORDS] !== recordsFingerprint(records))
    reporter.warn('The records have changed since the run, so the shares are of other records than it was fitted to.');
  const texts = new Map(run.exemplars.map(({ id, text }) => [id, text]));
  return groupShares(terms, {
    records: records.training.map(({ text }) => text),
    simulated: run.rows.flatMap(({ text, exemplarId }) =>
      text === '' ? [] : [{ text, exemplar: texts.get(exemplarId) ?? '' }],
    ),
    personas: run.personas.map(({ persona }, k) => ({ persona, share: run.data.diagnostics.personas[k]?.share ?? 0 })),
  });
}

async function swapsOf(
  { reporter, signal, openers = realOpeners, texts: limit, threads }: AuditOptions,
  run: ReportInput,
  terms: GroupTerms,
): Promise<Counterfactual[]> {
  if (!(limit > 0) || terms.swaps.length === 0) return [];
  const { config, personas, exemplars, rows } = run;
  const template = await loadTemplate(config);
  const encoder = await openers.openEncoder(config.encoder.model, threads);
  const model = await openers.openLanguageModel(config.llm.model, threads);
  try {
    const input = { model, encoder, template, role: config.templates.role, personas, exemplars, rows };
    const swaps: Counterfactual[] = [];
    for (const [a, b] of terms.swaps) {
      const progress = reporter.progress(`swap ${a} and ${b}`);
      const groupOf = (name: string) => ({ name, terms: terms.groups[name] ?? [] });
      const onProgress = (done: number, total: number): void => progress.update(done, total);
      const { maxTokens } = config.simulate;
      const options = { groups: [groupOf(a), groupOf(b)] as const, limit, maxTokens, signal, onProgress };
      swaps.push(await counterfactual(input, options));
    }
    return swaps;
  } finally {
    await model.close();
    await encoder.close();
  }
}
