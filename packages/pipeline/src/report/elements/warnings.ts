import { numberText, shareText } from './format.js';
import type { ReportInput } from './report-input.js';

/** Above this, texts of one kind point the same way and a gate can hardly tell them apart. */
const ALIKE = 0.9;
/** Fewer effective personas than this share of K, or one persona ahead for more than this share of records, is a collapse. */
const COLLAPSED = 0.1;
const LED = 0.8;

/** Sentences for what a person should doubt in the fitted mixture; empty when nothing. */
export function mixtureWarnings({ data, fit, names, config }: ReportInput): string[] {
  const { cosines, effectivePersonas, leader, leaderShare, personas } = data.diagnostics;
  const warnings: string[] = [];
  for (const [what, pair] of [
    ['personas', cosines.personas],
    [config.gate.input === 'context' ? 'contexts' : 'records', cosines.inputs],
  ] as const) {
    if ((pair?.encoded ?? 0) > ALIKE)
      warnings.push(
        `The encoder puts the ${what} close together (mean cosine ${numberText(pair?.encoded, 3)}, above ${ALIKE}): they say nearly the same, and only what centering leaves tells them apart.`,
      );
    if ((pair?.seen ?? 0) > ALIKE)
      warnings.push(
        `The ${what} are nearly alike for the gate, even centered (mean cosine ${numberText(pair?.seen, 3)}, above ${ALIKE}).`,
      );
  }
  if (personas.length > 1 && effectivePersonas < Math.max(1.5, COLLAPSED * personas.length))
    warnings.push(
      `The mixture has collapsed: ${numberText(effectivePersonas, 3)} effective personas of ${personas.length}.${config.gate.preset === 'paper' ? ' Try more exploration (gate.exploration), or a lower gate.learningRate.' : ''}`,
    );
  if (personas.length > 1 && leaderShare > LED)
    warnings.push(
      `One persona (${names[leader] ?? ''}) is the most probable one for ${shareText(leaderShare)} of the records.`,
    );
  if ('steps' in fit) {
    if (!fit.fitted)
      warnings.push('No step of the fit beat equal weights in cross-validation: there was nothing to gain.');
  } else if (fit.epoch === 0)
    warnings.push('No epoch beat the initial gate on validation records: the fit taught it nothing.');
  return warnings;
}
