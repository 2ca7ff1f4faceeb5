// A custom experiment without the command line: does a gate that favors exemplars like the record bring simulated texts closer to a
// population than equally likely (persona, exemplar) pairs do? Any encoder and language model will do; `openEncoder` and
// `openLanguageModel` open real ones.
import type { Encoder } from '@mixture-of-personas/encoder';
import { centeredUnitRows, centerOf, initialGate } from '@mixture-of-personas/gating';
import type { LanguageModel } from '@mixture-of-personas/llm';
import { frechetDistance } from '@mixture-of-personas/metrics';
import { takeRows } from '@mixture-of-personas/numeric';
import { chooseExemplars, keywordPersonas, simulate, templateFor } from '@mixture-of-personas/synthesis';
import type { PairSource, PopulationRecord } from '@mixture-of-personas/synthesis';

/** Fréchet distance of `count` texts to the golden records, by where their pairs came from; lower is closer. */
export async function gateAgainstUniform(
  { encoder, model }: { encoder: Encoder; model: LanguageModel },
  { records, golden }: { records: readonly PopulationRecord[]; golden: readonly PopulationRecord[] },
  { count, seed }: { count: number; seed: number },
): Promise<Record<'gate' | 'uniform', number>> {
  const template = templateFor('generic');
  const raw = await encoder.embed(records.map(({ text }) => text));
  const personas = keywordPersonas({ records, embeddings: raw, template }, { count: 4, seed });
  const { exemplars, indices, own } = chooseExemplars(records, Math.min(50, records.length), seed);
  const center = centerOf(raw);
  const inputs = centeredUnitRows(raw, center);
  const said = await encoder.embed(personas.map(({ persona }) => persona));
  const embeddings = { inputs, personas: centeredUnitRows(said, centerOf(said)), exemplars: takeRows(inputs, indices) };
  const gate = initialGate({ d: inputs.cols, personas: personas.length, temperature: 1, seed });

  const distance = async (pairs: PairSource): Promise<number> => {
    const texts: string[] = [];
    const from = { model, template, personas, exemplars, records, pairs };
    for await (const { text } of simulate(from, { count, seed })) texts.push(text);
    const target = await encoder.embed(golden.map(({ text }) => text));
    return frechetDistance(await encoder.embed(texts), target, { normalize: false });
  };
  return {
    gate: await distance({ kind: 'gate', gate, input: 'record', embeddings, ownExemplar: own }),
    uniform: await distance({ kind: 'uniform', temperature: 1 }),
  };
}
