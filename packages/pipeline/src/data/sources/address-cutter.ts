const FEWEST = 40;
const MOST = 70;
/** A full stop after one of these ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Messrs|Hon|Gen|Col|Capt|Lt|Sen|Rep|Gov|St|No|Nos|vs|Jr|Sr|Inc|Co|viz|[A-Z])\.$/;

/**
 * An address cut into records of 40–70 words, at sentence ends where there is one in that range and at clause ends elsewhere.
 * Words left over at the end, fewer than 40, are dropped, and so are stage directions such as [applause].
 */
export function cutAddress(text: string): string[] {
  const records: string[] = [];
  let open: string[] = [];
  let words = 0;
  const close = (): void => {
    records.push(open.join(' '));
    open = [];
    words = 0;
  };
  for (const sentence of sentencesOf(text)) {
    if (words >= FEWEST) close();
    for (const piece of piecesOf(sentence)) {
      if (words >= FEWEST && words + wordsIn(piece) > MOST) close();
      open.push(piece);
      words += wordsIn(piece);
    }
  }
  if (words >= FEWEST && words <= MOST) close();
  return records;
}

function wordsIn(text: string): number {
  return text === '' ? 0 : text.split(' ').length;
}

function sentencesOf(text: string): string[] {
  const clean = text
    .replace(/[[(](?:applause|laughter|inaudible)[^\][()]*[\])]/gi, '')
    .replace(/\s+/g, ' ')
    .trim();
  const sentences: string[] = [];
  let open = '';
  for (const part of clean.split(/(?<=[.!?]["')\]]?) (?=["'(]?[A-Z0-9])/)) {
    open = open === '' ? part : `${open} ${part}`;
    if (ABBREVIATION.test(open)) continue;
    sentences.push(open);
    open = '';
  }
  if (open !== '') sentences.push(open);
  return sentences;
}

/** A sentence in pieces of at most `MOST − FEWEST` words where its punctuation allows, so that a record can be filled up to the brim. */
function piecesOf(sentence: string): string[] {
  const limit = MOST - FEWEST;
  if (wordsIn(sentence) <= limit) return [sentence];
  const pieces: string[] = [];
  for (const clause of sentence.split(/(?<=[;:,]) /)) {
    const last = pieces.at(-1);
    if (last !== undefined && wordsIn(last) + wordsIn(clause) <= limit) {
      pieces[pieces.length - 1] = `${last} ${clause}`;
    } else pieces.push(clause);
  }
  return pieces.flatMap((piece) => evenParts(piece, limit));
}

/** A piece in the fewest parts of at most `limit` words, of nearly equal length. */
function evenParts(piece: string, limit: number): string[] {
  const words = piece.split(' ');
  const cuts = Math.ceil(words.length / limit);
  const size = Math.ceil(words.length / cuts);
  return Array.from({ length: cuts }, (_, i) => words.slice(i * size, (i + 1) * size).join(' '));
}
