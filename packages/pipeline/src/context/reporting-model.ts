import type { LanguageModel } from '@mixture-of-personas/llm';

/** The same model, whose scoring says how far it is: callers in between need not know of progress. */
export function reportingModel(model: LanguageModel, onProgress: (done: number, total: number) => void): LanguageModel {
  return {
    id: model.id,
    fingerprint: model.fingerprint,
    get scoringPasses() {
      return model.scoringPasses;
    },
    ...(model.temperatures === undefined ? {} : { temperatures: model.temperatures }),
    score: (requests, options = {}) => model.score(requests, { ...options, onProgress }),
    generate: (requests, options) => model.generate(requests, options),
    close: () => model.close(),
  };
}
