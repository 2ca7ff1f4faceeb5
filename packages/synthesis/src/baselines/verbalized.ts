import { drawIndex, randomFor } from '@mixture-of-personas/numeric';
import type { PromptTemplate } from '../prompts/template.js';
import { cleanText } from '../prompts/clean-text.js';
import { askPrompt } from '../text-source/ask.js';
import type { Baseline } from '../text-source/baseline.js';
import { askedOf, baselineWriter, classFacts, classPlan, type ClassPlan } from '../text-source/class-plan.js';
import { defineSource, type TextSource } from '../text-source/source.js';

/** A text of a list with the probability that the model states for it, or undefined. */
export interface StatedText {
  readonly text: string;
  readonly probability: number | undefined;
}

/**
 * Verbalized sampling (arXiv 2510.01171): each request is for several texts with their probabilities, and one of them is drawn by what the model
 * states. Costs about `candidates` times the tokens of ZeroGen. An answer that is no list counts as one text.
 */
export function verbalizedSampling(
  about: ClassPlan & { readonly maxTokens: number },
  options: { readonly candidates?: number | undefined } = {},
): Baseline {
  const { candidates = 5 } = options;
  const { template, seed, maxTokens } = about;
  const requirements = [
    `Give ${candidates} different ones that could each have been written, numbered, one a line.`,
    'After each stands how probable it is as an answer, as a number from 0 to 1 in square brackets.',
  ];
  return {
    plan: (rows) =>
      rows.map((row) => {
        const asked = askedOf(about, row);
        return {
          ...asked,
          prompt: askPrompt(template, { ...asked, requirements }),
          maxTokens: candidates * maxTokens,
          read: ({ text }) => drawStated(statedTexts(text, template), randomFor(seed, 'verbalized', row)),
        };
      }),
  };
}

/** The texts of a numbered list and what is stated for them, cleaned as all texts are; the whole as one text when it is no list. */
export function statedTexts(answer: string, template: PromptTemplate): StatedText[] {
  const items = answer.split(/\r?\n/).flatMap((line): StatedText[] => {
    const said = /^\s*(?:\d+\s*[.):]|[-*•])\s+(.+)$/.exec(line)?.[1];
    if (said === undefined) return [];
    const stated = STATED.exec(said);
    const text = cleanText(stated === null ? said : said.slice(0, stated.index), template.output);
    return text === '' ? [] : [{ text, probability: probabilityOf(stated?.[1]) }];
  });
  const whole = cleanText(answer, template.output);
  return items.length > 0 || whole === '' ? items : [{ text: whole, probability: undefined }];
}

/** `[0.2]`, `(probability: 20%)` or `probability 0.2` at the end of a line. */
const STATED = /\s*(?:[[(<]\s*(?:probability\s*[:=]?\s*)?|probability\s*[:=]?\s*)(\d*\.?\d+\s*%?)\s*[\])>]?\s*\.?$/i;

/** One of the texts, by the stated probabilities; with equal chances unless every one states a positive number. Empty when there is none. */
function drawStated(items: readonly StatedText[], random: () => number): string {
  const stated = items.every(({ probability }) => probability !== undefined && probability > 0);
  const weights = items.map(({ probability }) => (stated ? (probability ?? 0) : 1));
  return items.length === 0 ? '' : (items[drawIndex(weights, random)]?.text ?? '');
}

function probabilityOf(stated: string | undefined): number | undefined {
  if (stated === undefined) return undefined;
  return stated.endsWith('%') ? Number(stated.slice(0, -1)) / 100 : Number(stated);
}

/** Several texts with stated probabilities, of which one is drawn. */
export const verbalizedSource: TextSource = defineSource({
  name: 'verbalized',
  title: 'Verbalized sampling',
  about: 'A demand for several texts with probabilities, of which one is drawn.',
  paper: '2510.01171',
  needs: [],
  settings: {
    ...classFacts,
    candidates: {
      kind: 'number',
      whole: true,
      least: 2,
      default: 5,
      about: 'Texts that `verbalized` asks for at a time.',
    },
  },
  async make(context, { temperature, candidates, ...settings }) {
    const maxTokens = context.texts.maxTokens ?? context.template.output.maxTokens;
    const about = { ...(await classPlan(context, settings)), maxTokens };
    return baselineWriter(context, verbalizedSampling(about, { candidates }), temperature);
  },
});
