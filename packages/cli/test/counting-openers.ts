import type { ModelOpeners } from '@mixture-of-personas/pipeline';
import { fakeOpeners } from '../../pipeline/test/support/fake-engines.js';

/** Fake models that count what they are asked to score and to write. */
export function countingOpeners(): { readonly openers: ModelOpeners; readonly counts: { asked: number } } {
  const fakes = fakeOpeners();
  const counts = { asked: 0 };
  const openLanguageModel: ModelOpeners['openLanguageModel'] = async (name) => {
    const model = await fakes.openLanguageModel(name);
    return {
      ...model,
      score: (...args) => {
        counts.asked += args[0].length;
        return model.score(...args);
      },
      generate: (...args) => {
        counts.asked += args[0].length;
        return model.generate(...args);
      },
    };
  };
  return { openers: { ...fakes, openLanguageModel }, counts };
}
