import { askPrompt } from '../text-source/ask.js';
import type { Baseline } from '../text-source/baseline.js';
import { askedOf, baselineWriter, classFacts, classPlan, type ClassPlan } from '../text-source/class-plan.js';
import { defineSource, type TextSource } from '../text-source/source.js';

/**
 * ZeroGen (arXiv 2202.07922) as the paper runs it: one request per text, which says the class and, with `contexts`, the subject; no
 * demonstrations. Its second step, training a small model, is the F1 of `metrics`.
 */
export function zeroGen(about: ClassPlan): Baseline {
  return {
    plan: (rows) =>
      rows.map((row) => {
        const asked = askedOf(about, row);
        return { ...asked, prompt: askPrompt(about.template, asked) };
      }),
  };
}

/** One request per text that says the class and, perhaps, a subject. */
export const zeroGenSource: TextSource = defineSource({
  name: 'zerogen',
  title: 'ZeroGen',
  about: 'The class and a context. No small model is trained: that is `f1` in `metrics`.',
  paper: '2202.07922',
  needs: [],
  settings: classFacts,
  async make(context, settings) {
    return baselineWriter(context, zeroGen(await classPlan(context, settings)), settings.temperature);
  },
});

/** The template's `zeroShot` request, with a context where one is asked for, and no class. */
export const zeroShotSource: TextSource = defineSource({
  name: 'zero-shot',
  title: 'Zero-shot',
  about: "The template's `zeroShot` request without a class.",
  needs: [],
  settings: { temperature: classFacts.temperature, contexts: classFacts.contexts },
  async make(context, { temperature, contexts }) {
    return baselineWriter(context, zeroGen(await classPlan(context, { contexts, labels: false })), temperature);
  },
});
