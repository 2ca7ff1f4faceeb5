// Records and pairs of the nightly test: made-up sentences.
const PLACES = [
  'the harbor',
  'a mountain hut',
  'the night train',
  'our kitchen',
  'the old library',
  'a crowded market',
];
const DEEDS = [
  'mends the nets',
  'reads a letter twice',
  'waits for the rain to end',
  'counts the coins again',
  'sings without words',
];
const PEOPLE = [
  'my aunt',
  'the ferryman',
  'a student',
  'the baker',
  'nobody I know',
  'the youngest child',
  'an old friend',
];

/** One of 210 sentences. */
export function sentence(i) {
  const [place, deed, person] = [PLACES[i % 6], DEEDS[i % 5], PEOPLE[i % 7]];
  return `In ${place}, ${person} ${deed}, and ${PEOPLE[(i + 3) % 7]} says that it was always so.`;
}

/** 60 records as jsonl. */
export function records() {
  return Array.from({ length: 60 }, (_, i) => `${JSON.stringify({ id: `r${i}`, text: sentence(i) })}\n`).join('');
}

/** 12 pairs to score at τ = 1, as jsonl. */
export function pairs() {
  const line = (_, i) => {
    const messages = [{ role: 'user', content: `Write a sentence about ${PLACES[i % 6]}.` }];
    return `${JSON.stringify({ id: i, messages, completion: sentence(i), temperatures: [1] })}\n`;
  };
  return Array.from({ length: 12 }, line).join('');
}
