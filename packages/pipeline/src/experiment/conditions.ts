import type { Evaluation } from '@mixture-of-personas/metrics';
import type { PromptLabel } from '../artifacts/metrics.js';

/** Figures of the texts of a method, and the conditions that they were measured under. */
export interface MeasuredTexts {
  readonly method: string;
  readonly figures: Evaluation;
  readonly encoder?: string | undefined;
  readonly promptLabel?: PromptLabel | undefined;
}

const SAY: Readonly<Record<PromptLabel, string>> = {
  never: 'no prompt says a label',
  always: 'every prompt says a label',
  some: 'some prompts say a label',
};

/** The conditions under which the figures of the cells were measured, in sentences: numbers of texts and golden records, encoder, labels in prompts. */
export function conditionsOf(cells: readonly MeasuredTexts[]): string {
  const sizes = cells.flatMap(({ figures }) => Object.values(figures).map(({ n }) => n));
  const encoders = [...new Set(cells.flatMap(({ encoder }) => encoder ?? []))];
  const sentences = [
    sizes.length === 0
      ? ''
      : `${range(sizes.map(([texts]) => texts))} texts a cell against ${range(sizes.map(([, golden]) => golden))} golden records${encoders.length === 0 ? '' : `; embeddings by ${encoders.join(', ')}`}.`,
    labelSentence(cells),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** Which methods' prompts say labels; nothing where no cell knows. */
function labelSentence(cells: readonly MeasuredTexts[]): string {
  const methods = new Map<PromptLabel, Set<string>>();
  for (const { promptLabel, method } of cells)
    if (promptLabel !== undefined) methods.set(promptLabel, (methods.get(promptLabel) ?? new Set()).add(method));
  const parts = [...methods].map(
    ([promptLabel, names]) => `${SAY[promptLabel]}${methods.size === 1 ? '' : ` (${[...names].join(', ')})`}`,
  );
  return parts.length === 0 ? '' : `Labels: ${parts.join('; ')}.`;
}

function range(values: readonly number[]): string {
  return [...new Set([Math.min(...values), Math.max(...values)])].join('–');
}
