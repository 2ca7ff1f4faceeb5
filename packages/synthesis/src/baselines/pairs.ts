import { multiplyByTranspose, rowOf, topK, unitRows } from '@mixture-of-personas/numeric';
import type { PairSource } from '../simulate/pair-source.js';
import { simulate } from '../simulate/simulate.js';
import { temperatureFact } from '../text-source/class-plan.js';
import { defineSource, type SourceContext, type TextSource, type TextWriter } from '../text-source/source.js';

/** Equally likely pairs at the temperatures of the mixture: all that differs from it is the gate. */
export const uniformSource: TextSource = defineSource({
  name: 'uniform',
  title: 'Uniform pairs',
  about: 'A random persona and exemplar, at the temperatures of the mixture compared with.',
  needs: ['personas', 'exemplars'],
  settings: temperatureFact,
  make: (context, { temperature = context.mixtureTemperature }) =>
    pairWriter(context, () => Promise.resolve({ kind: 'uniform', temperature })),
});

/** A random persona with its nearest exemplars. */
export const nearestSource: TextSource = defineSource({
  name: 'nearest',
  title: 'Nearest exemplar',
  about: 'A random persona with the exemplars of largest cosine to its description.',
  needs: ['personas', 'exemplars', 'encoder'],
  settings: temperatureFact,
  make: (context, { temperature = context.mixtureTemperature }) =>
    pairWriter(context, async () => ({ kind: 'paired', temperature, exemplarsOf: await nearestExemplars(context) })),
});

async function pairWriter(context: SourceContext, pairsOf: () => Promise<PairSource>): Promise<TextWriter> {
  const { model, template, records, texts, seed, signal } = context;
  const personas = await context.personas();
  const { exemplars } = await context.exemplars();
  const input = { model, template, personas, exemplars, records, pairs: await pairsOf() };
  return (from, to) => simulate(input, { ...texts, seed, signal, from, count: to - from });
}

async function nearestExemplars(context: SourceContext): Promise<Int32Array[]> {
  const personas = await context.personas();
  const { embeddings } = await context.exemplars();
  const descriptions = personas.map(({ persona }) => persona);
  const { signal, encoder, texts } = context;
  const rows = await encoder.embed(descriptions, { signal });
  const cosines = multiplyByTranspose(unitRows(rows), unitRows(embeddings));
  return personas.map((_, k) => Int32Array.from(topK(rowOf(cosines, k), texts.perPrompt ?? 1)));
}
