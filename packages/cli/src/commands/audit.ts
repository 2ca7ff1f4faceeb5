import type { Argv, CommandModule } from 'yargs';
import {
  auditText,
  counterfactual,
  type Counterfactual,
  DEFAULT_TERMS,
  groupShares,
  type GroupTerms,
  loadRecordSets,
  loadTemplate,
  openExistingRun,
  readGroupTerms,
  readReportInput,
  realOpeners,
  recordsFingerprint,
  type ReportInput,
  sampleRecords,
} from '@mixture-of-personas/pipeline';
import type { CommandContext } from '../terminal/command-context.js';
import { widthOf } from '../terminal/io.js';

/** `mop audit RUN`: who is spoken of, in the records, in the personas and in the texts, and what swapping a persona's attribute does. */
export function auditCommand(context: CommandContext): CommandModule {
  return {
    command: 'audit <folder>',
    describe: 'Compare how often groups of people are spoken of, and swap them in the personas to see what changes',
    builder: (yargs: Argv) =>
      yargs
        .positional('folder', { type: 'string', demandOption: true, describe: 'Run folder' })
        .option('terms', {
          type: 'string',
          requiresArg: true,
          describe: 'YAML of groups and swaps; gender and age when absent',
        })
        .option('texts', {
          type: 'number',
          default: 40,
          requiresArg: true,
          describe: 'Texts written again a swap; 0 swaps nothing',
        })
        .option('threads', { type: 'number', requiresArg: true, describe: 'Threads within the models' }),
    handler: async (argv: Readonly<Record<string, unknown>>) => {
      const terms = typeof argv['terms'] === 'string' ? await readGroupTerms(argv['terms']) : DEFAULT_TERMS;
      const folder = await openExistingRun(String(argv['folder']));
      const run = await readReportInput(folder);
      const threads = typeof argv['threads'] === 'number' ? argv['threads'] : undefined;
      const groups = await sharesOf(context, run, terms);
      const swaps = await swapsOf(context, run, { terms, limit: Number(argv['texts']), threads });
      const audit = { groups, swaps };
      context.reporter.result(audit, auditText(audit, widthOf(context.io.stdout)));
    },
  };
}

async function sharesOf({ reporter }: CommandContext, run: ReportInput, terms: GroupTerms) {
  const records = sampleRecords(await loadRecordSets(run.config), run.config);
  if (run.manifest.fingerprints['the records'] !== recordsFingerprint(records)) {
    reporter.warn('The records have changed since the run, so the shares are of other records than it was fitted to.');
  }
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
  { reporter, signal, openers = realOpeners }: CommandContext,
  run: ReportInput,
  { terms, limit, threads }: { terms: GroupTerms; limit: number; threads: number | undefined },
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
      const groups = [a, b].map((name) => ({ name, terms: terms.groups[name] ?? [] }));
      swaps.push(
        await counterfactual(input, {
          groups: [groups[0]!, groups[1]!],
          limit,
          maxTokens: config.simulate.maxTokens,
          signal,
          onProgress: (done, total) => progress.update(done, total),
        }),
      );
    }
    return swaps;
  } finally {
    await model.close();
    await encoder.close();
  }
}
