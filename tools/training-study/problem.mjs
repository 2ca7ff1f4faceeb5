// A population small enough that every (record, persona, exemplar) is scored, so that the truth is known.
import { centeredUnitRows, centerOf, noContext } from '@mixture-of-personas/gating';
import { openEncoder } from '@mixture-of-personas/encoder';
import { openLanguageModel, openScoreStore, withStore } from '@mixture-of-personas/llm';
import { randomFor, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';
import { chooseExemplars, keywordPersonas, pairScorer, templateFor } from '@mixture-of-personas/synthesis';
import { loadRecords } from '../../packages/pipeline/dist/data/records.js';

async function drawnRecords({ path, format, split, records, heldOut, longestWords, seed }) {
  const all = (await loadRecords({ path, format, split, limit: 20000 })).filter(
    ({ text }) => text.split(/\s+/u).length <= longestWords,
  );
  if (all.length < records + heldOut)
    throw new Error(
      `${path} has ${all.length} records of at most ${longestWords} words, and ${records + heldOut} were asked for.`,
    );
  const rows = sampleWithoutReplacement(all.length, records + heldOut, randomFor(seed, 'training study', 0));
  return Array.from(rows, (row) => all[row]);
}

/** Embeddings of what the gate may see: the record, its context, nothing. */
async function gateInputs(encoder, rows, embeddings) {
  const inputs = { record: embeddings, none: noContext(rows.length, embeddings.cols) };
  if (rows.every(({ context }) => context !== undefined)) {
    const contexts = await encoder.embed(rows.map(({ context }) => context));
    inputs.context = centeredUnitRows(contexts, centerOf(contexts));
  }
  return { ...inputs, record: centeredUnitRows(embeddings, centerOf(embeddings)) };
}

/** Curves of all pairs of all rows, from the store where they are there; index row·K·N + k·N + j. */
async function scoreAll(model, { rows, personas, exemplars, template, say }) {
  const score = pairScorer({ model, template, personas, exemplars, records: rows });
  const perRow = personas.length * exemplars.length;
  const curves = new Array(rows.length * perRow);
  for (let k = 0; k < personas.length; k++) {
    for (let j = 0; j < exemplars.length; j++) {
      const answers = await score(rows.map((_, record) => ({ record, persona: k, exemplar: j })));
      answers.forEach((curve, record) => (curves[record * perRow + k * exemplars.length + j] = curve));
    }
    say(`persona ${k + 1} of ${personas.length} scored`);
  }
  return curves;
}

/** Records, personas, exemplars, embeddings and the full table of curves. */
export async function openProblem(options, say) {
  const {
    llm,
    encoder: encoderChoice,
    personas: count,
    exemplars: exemplarCount,
    records,
    template: name,
    seed,
    work,
  } = options;
  const rows = await drawnRecords(options);
  const training = rows.slice(0, records);
  const encoder = await openEncoder(encoderChoice);
  const embeddings = await encoder.embed(rows.map(({ text }) => text));
  const ofTraining = takeRows(
    embeddings,
    training.map((_, i) => i),
  );
  const template = templateFor(name);
  const personas = keywordPersonas({ records: training, embeddings: ofTraining, template }, { count, seed });
  const { exemplars, indices, own } = chooseExemplars(training, exemplarCount, seed);
  const model = withStore(await openLanguageModel(llm, { threads: 1 }), await openScoreStore(work));
  const curves = await scoreAll(model, { rows, personas, exemplars, template, say });
  await model.close();
  const personaRows = await encoder.embed(personas.map(({ persona }) => persona));
  const inputs = await gateInputs(encoder, rows, embeddings);
  await encoder.close();
  const ownExemplar = Int32Array.from(rows, (_, i) => (i < records ? own[i] : -1));
  const shared = {
    personas: centeredUnitRows(personaRows, centerOf(personaRows)),
    exemplars: centeredUnitRows(takeRows(embeddings, Array.from(indices)), centerOf(embeddings)),
    ownExemplar,
  };
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, matrix]) => [input, { ...shared, records: matrix }]),
    ),
    training: Array.from({ length: records }, (_, i) => i),
    heldOut: Array.from({ length: rows.length - records }, (_, i) => records + i),
    rows,
    texts: { personas, exemplars, template },
    embeddings,
    curves,
    pairs: count * exemplarCount,
    exemplarCount,
  };
}
